"""Clients of databases: statements that the guard for SQL understands as reads. No files, no sessions."""

import re

from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.values import Argument
from firedoor.core.decide.sql.redis import may_name_secrets
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.model.sql import SqlEffect

_FILE_AND_STATEMENT = 2
_LONGEST_STATEMENT = 300
"""Characters. It is read in place, where no deadline is; some repetitions take a parser seconds at 600."""
_STEPS = 60
"""A statement takes two parsers up to 1 ms."""
_PSET = re.compile(
    r"pager=(off|0)|(footer|expanded|tuples_only)(=(on|off|auto))?|format=[a-z-]+|border=[0-3]|linestyle=[a-z-]+"
)
_META = re.compile(
    r"\\(?:conninfo|timing|l|d|dt|di|dv|dm|ds|df|dn|du|dg|dp|dx|db|dc|dC|dd|dD|des|det|dew|dF|do|drds|dT|dy|z|sf|sv)[+S]{0,2}"
    r"(?:[ \t]+[\w.*\"]+)?[ \t]*"
)
_DATABASE = re.compile(r"[\w.@-]+")
_CONNECTION = re.compile(
    r"postgres(?:ql)?://[^\s?'\"\\]*(?:\?sslmode=[a-z-]+)?|(?:(?:host|port|dbname|user|sslmode)=[\w.-]+ ?)+"
)


def _refused_sql(statement: Argument, dialect: str, client: str) -> str | None:
    if statement.text is None:
        return f"The statement of {client} is written out."
    if len(statement.text) > _LONGEST_STATEMENT:
        return f"A statement of {client} is allowed up to {_LONGEST_STATEMENT} characters."
    facts = understand_sql(statement.text, dialect)
    if facts.effect is SqlEffect.READ:
        return None
    return (
        f"{client} would run SQL of which the effect is {facts.effect.value}: {' '.join(facts.reasons)[:200]}"
    )


def _psql(parsed: Parsed) -> str | None:
    statements = parsed.values("-c", "--command")
    if not statements and not parsed.has("-l", "--list", "--version", "-V"):
        return "psql is allowed with -c and a statement that is understood."
    if any(_PSET.fullmatch(setting.text or "") is None for setting in parsed.values("-P", "--pset")):
        return "psql -P is allowed with how it prints, and without a pager: that is a program."
    for statement in statements:
        if statement.text is not None and _META.fullmatch(statement.text):
            continue
        if statement.text is not None and "\\" in statement.text:
            return "psql -c with a backslash is allowed for \\d and its kin, alone."
        refused = _refused_sql(statement, "postgres", "psql")
        if refused is not None:
            return refused
    names = (*parsed.operands, *parsed.values("-d", "--dbname"))
    return next(
        (f"psql to {name.shown} is not read." for name in names if not _is_database(name)),
        None,
    )


def _is_database(name: Argument) -> bool:
    text = name.text
    return text is not None and (_DATABASE.fullmatch(text) or _CONNECTION.fullmatch(text)) is not None


def _mysql(parsed: Parsed) -> str | None:
    statements = parsed.values("-e", "--execute")
    if not statements and not parsed.has("--version", "-V"):
        return "mysql is allowed with -e and a statement that is understood."
    for statement in statements:
        text = None if statement.text is None else re.sub(r";?\s*\\G\s*$", "", statement.text)
        if text is not None and "\\" in text:
            return "mysql -e with a backslash is not read."
        refused = _refused_sql(Argument(text=text), "mysql", "mysql")
        if refused is not None:
            return refused
    return None


def _sqlite(parsed: Parsed) -> str | None:
    if parsed.has("-version"):
        return None
    if len(parsed.operands) != _FILE_AND_STATEMENT:
        return "sqlite3 is allowed with a file and a statement that is understood."
    statement = parsed.operands[1]
    if statement.text is not None and re.fullmatch(
        r"\.(tables|schema|indexes|databases)( \w+)?", statement.text
    ):
        return None
    if statement.text is not None and "\n." in statement.text:
        return "sqlite3 with dot commands is not read."
    return _refused_sql(statement, "sqlite", "sqlite3")


_REDIS = frozenset(
    [
        "ping",
        "info",
        "dbsize",
        "ttl",
        "pttl",
        "type",
        "get",
        "mget",
        "getrange",
        "strlen",
        "exists",
        "hget",
        "hmget",
        "hgetall",
        "hkeys",
        "hvals",
        "hlen",
        "hexists",
        "hscan",
        "llen",
        "lrange",
        "lindex",
        "scard",
        "smembers",
        "sismember",
        "sscan",
        "zcard",
        "zrange",
        "zrangebyscore",
        "zrevrange",
        "zscore",
        "zcount",
        "zrank",
        "zscan",
        "scan",
        "randomkey",
        "lastsave",
        "time",
        "xlen",
        "xrange",
        "xrevrange",
        "xinfo",
        "pubsub",
        "role",
        "command",
        "object",
    ]
)
_REDIS_PAIRS = frozenset(
    {
        ("memory", "usage"), ("memory", "stats"), ("memory", "doctor"), ("slowlog", "get"),
        ("slowlog", "len"), ("client", "list"), ("client", "info"), ("cluster", "info"),
        ("cluster", "nodes"), ("cluster", "slots"),
        ("cluster", "shards"), ("latency", "latest"), ("latency", "doctor"), ("latency", "history"),
        ("config", "get"),
    }
)  # fmt: skip


def _redis(parsed: Parsed) -> str | None:
    words = [operand.text for operand in parsed.operands]
    if not words:
        asks = parsed.has("--version", "--scan", "--bigkeys", "--memkeys")
        return None if asks else "redis-cli is allowed with a command that reads."
    first = (words[0] or "").lower()
    pair = (first, (words[1] or "").lower() if len(words) > 1 else "")
    if pair == ("config", "get") and any(word is None or may_name_secrets(word) for word in words[2:]):
        return "redis-cli config get is allowed with names that hold no secret."
    if first in _REDIS or pair in _REDIS_PAIRS:
        return None
    return f"redis-cli {parsed.operands[0].shown} is not specified as a read."


_MYSQL_SHOWN = (
    "-t -B -N -s -v -r -H -X --table --batch --skip-column-names --silent --raw --html --xml --verbose"
)

DATABASES = (
    Specification(
        name="psql",
        steps=_STEPS,
        options="-c: -h: -p: -P: --pset: -U: -d: -t -A -x -q -X -w -l -1 -E -n -H -F: -R: -z -0 --command: "
        "--host: --port: --username: "
        "--dbname: --tuples-only --no-align --expanded --quiet --no-psqlrc --no-password --list --csv --html "
        "--field-separator: --record-separator: --version -V --single-transaction --no-readline",
        most_operands=2,
        check=_psql,
        note="-c with SQL that is understood as a read, or \\d and its kin",
    ),
    *(
        Specification(
            name=name,
            options=f"-e: -h: -P: -u: -D: {_MYSQL_SHOWN} --execute: --host: --port: --user: "
            f"--database: --version -V "
            "--connect-timeout: --ssl-mode: --protocol: --vertical -E",
            most_operands=1,
            check=_mysql,
            note="-e with SQL that is understood as a read",
        )
        for name in ("mysql", "mariadb")
    ),
    Specification(
        name="sqlite3",
        steps=_STEPS,
        options="-readonly -header -headers -noheader -csv -json -column -line -list -table -box "
        "-markdown -separator: "
        "-nullvalue: -bail -batch -version -safe",
        style=Style.WHOLE,
        check=_sqlite,
        note="SQL that is understood as a read",
    ),
    Specification(
        name="redis-cli",
        options="-h: -p: -n: -c --raw --no-raw --json --csv --tls --scan --pattern: --bigkeys "
        "--memkeys -t: --user: "
        "--no-auth-warning --version -3 -2",
        check=_redis,
        note="commands that read; not CONFIG SET, EVAL, DEL and the like",
    ),
    Specification(
        name="pg_isready",
        options="-h: -p: -U: -d: -t: -q --host: --port: --username: --dbname: --timeout:",
        most_operands=0,
    ),
    Specification(
        name="mysqladmin",
        options="-h: -P: -u: --host: --port: --user:",
        check=lambda p: (
            None
            if p.operands
            and all(
                o.text in {"status", "ping", "version", "processlist", "extended-status", "variables"}
                for o in p.operands
            )
            else "mysqladmin is allowed to ask for the status."
        ),
    ),
)
