"""Names of variables: which may be set, which may be shown. What is not listed may not be set."""

import re

_LOWER = re.compile(r"[a-z_][a-z0-9_]*")
_SHELLS_OWN = frozenset(
    [
        "path",
        "fpath",
        "cdpath",
        "manpath",
        "mailpath",
        "module_path",
        "prompt",
        "watch",
        "histchars",
        "psvar",
        "fignore",
        "aliases",
        "functions",
        "commands",
        "options",
        "parameters",
        "status",
        "argv",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "ftp_proxy",
        "dirstack",
        "signals",
        "widgets",
        "keymaps",
        "modules",
        "nameddirs",
        "userdirs",
        "galiases",
        "saliases",
        "zsh_eval_context",
    ]
)
"""Lower-case names that zsh or programs give a meaning."""
_UPPER = frozenset(
    [
        "NS",
        "VERSION",
        "STATUS",
        "RESULT",
        "OUT",
        "OUTPUT",
        "VALUE",
        "SIZE",
        "NOW",
        "TARGET",
        "PROJECT",
        "STACK",
        "TABLE",
        "DB",
        "QUEUE",
        "TOPIC",
        "JOB",
        "ARN",
        "ACCOUNT",
        "CODE",
        "MAX",
        "MIN",
        "SUM",
        "NAMESPACE",
        "POD",
        "PODS",
        "NODE",
        "NODES",
        "SVC",
        "SERVICE",
        "SERVICES",
        "DEPLOY",
        "DEPLOYMENT",
        "APP",
        "APPS",
        "NAME",
        "NAMES",
        "CLUSTER",
        "CONTAINER",
        "CONTAINERS",
        "IMAGE",
        "REGION",
        "REGIONS",
        "BUCKET",
        "INSTANCE",
        "INSTANCES",
        "HOST",
        "HOSTS",
        "PORT",
        "PORTS",
        "FILE",
        "FILES",
        "DIR",
        "DIRS",
        "LOG",
        "LOGS",
        "LOGFILE",
        "LOGDIR",
        "DATE",
        "TODAY",
        "START",
        "END",
        "SINCE",
        "UNTIL",
        "COUNT",
        "TOTAL",
        "LIMIT",
        "PID",
        "PIDS",
        "ID",
        "IDS",
        "I",
        "J",
        "K",
        "N",
        "X",
        "Y",
        "Z",
        "A",
        "B",
        "C",
        "D",
        "F",
        "IP",
        "IPS",
        "URL",
        "DOMAIN",
        "LINE",
        "LINES",
        "REPO",
        "BRANCH",
        "TAG",
        "COMMIT",
        "SHA",
        "REV",
        "PATTERN",
        "QUERY",
        "THRESHOLD",
        "RESULT",
        "OUTPUT",
        "OUT",
        "STATUS",
        "CODE",
        "CTX",
        "CONTEXT",
        "SELECTOR",
        "LABEL",
        "TARGET",
        "RELEASE",
        "TABLE",
        "DB",
        "TZ",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "NO_COLOR",
        "COLUMNS",
        "TERM",
        "CLICOLOR",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_DEFAULT_OUTPUT",
        "AWS_MAX_ATTEMPTS",
        "PGHOST",
        "PGPORT",
        "PGDATABASE",
        "PGUSER",
        "PGCONNECT_TIMEOUT",
        "SYSTEMD_COLORS",
    ]
)
_EMPTY_OR_CAT = frozenset({"PAGER", "GIT_PAGER", "AWS_PAGER", "SYSTEMD_PAGER"})
"""May be set to nothing or to `cat`: that turns a pager off."""
_NAMED_FILES = frozenset({"TERM", "LANG", "LC_ALL", "LC_CTYPE", "TZ"})
"""Programs look up a file by their value: only a plain name."""
_OPTIONS_OF_LESS = re.compile(r"-?[FRSXMKQi]*")
"""How it scrolls: `-o` writes a file, and what begins with `+` is run."""
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]*(/[A-Za-z0-9_+-]+)?")
_SECRET = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|_KEY$|^KEY$", re.IGNORECASE
)


def may_be_set(name: str, value: str | None) -> bool:
    """Whether a variable may be set to a value (None: not known)."""
    if name in _EMPTY_OR_CAT:
        return value in {"", "cat"}
    if name in _NAMED_FILES:
        return value is not None and _PLAIN.fullmatch(value) is not None
    if name == "SYSTEMD_LESS":
        return value is not None and _OPTIONS_OF_LESS.fullmatch(value) is not None
    if name in _UPPER:
        return True
    return _LOWER.fullmatch(name) is not None and name not in _SHELLS_OWN


def is_secret(name: str) -> bool:
    """Whether a variable's name says that it holds a secret."""
    return _SECRET.search(name) is not None
