"""sqlglot's tree → a reading. Every node type and every function has to be on an allow-list.

The tree is what one parser believes. It never speaks alone: `prescan` has refused what parsers disagree on,
and for PostgreSQL libpg_query reads the same text.
"""

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.parser import logger as its_log

from firedoor.core.decide.sql import bounds
from firedoor.core.decide.sql.functions import typed
from firedoor.core.decide.sql.functions.allowed import is_allowed, is_spelled_by_the_grammar, takes_a_number
from firedoor.core.decide.sql.reading import CHANGES_MORE, SEVERAL, Reading, shown, unparsed
from firedoor.core.decide.sql.words import words
from firedoor.model.sql import SqlEffect

its_log.disabled = True
"""It logs the text of statements that it has no tree for, and a text may hold secrets."""

_QUERIES = (exp.Query, exp.Table, exp.Values, exp.Summarize, exp.Pivot)
_ROWS = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_HINTS_THAT_LOCK = words(
    "UPDLOCK XLOCK TABLOCK TABLOCKX HOLDLOCK SERIALIZABLE PAGLOCK ROWLOCK REPEATABLEREAD"
)
_ORACLE_WITHOUT_COLUMNS = words("""
    dummy sysdate systimestamp user uid level rownum rowid sessiontimezone dbtimezone current_timestamp
    connect_by_isleaf connect_by_iscycle ora_rowscn column_value localtimestamp current_date
""")
_SOURCES = (exp.Func, exp.Query, exp.Values, exp.Anonymous, exp.Parameter)
"""What a query may read from beside tables. For PostgreSQL the other grammar says it better."""
_LOCAL_PARTS = 3
"""SQL Server: database, schema, table. With a fourth in front it is another server."""
_FILES = words("""
    csv tsv txt json jsonl ndjson parquet xlsx xls db duckdb ddb gz zst arrow ipc feather avro orc shp geojson
    gpkg fgb vortex lance
""")
"""DuckDB takes `FROM data.csv` for a file, also without quotes."""
_OPENS_DOCUMENTS = re.compile(r"doc|collection|uri|ora:|external|unparsed|put\b", re.IGNORECASE)
"""In XQuery: functions that open what is named in a string."""
_SEQUENCES = frozenset({"oracle", "snowflake", "redshift"})
_SETS_WHAT_IT_IS_GIVEN = "last_insert_id"
"""MySQL: without an argument it reads, with one (`id + 1`) it sets what the next call reads."""


def read(text: str, dialect: str, *, only_plans: bool = False) -> Reading:
    """Return what sqlglot understands of a text."""
    reading = Reading(only_plans=only_plans)
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
        trees = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
        _read_all(trees, dialect, reading)
    except (SqlglotError, RecursionError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        # Its parser is 10,000 lines; whatever it trips over was not understood.
        reading.unknown(unparsed(dialect))
    return reading


def _read_all(trees: list[exp.Expr], dialect: str, reading: Reading) -> None:
    if not trees:
        reading.unknown("It holds no statement.")
    if len(trees) > 1:
        reading.unknown(SEVERAL)
    for tree in trees:
        _read_one(tree, dialect, reading)


def _read_one(tree: exp.Expr, dialect: str, reading: Reading) -> None:
    reading.statements.append(_kind(tree))
    if isinstance(tree, exp.Command):
        reading.unknown(f"{shown(tree.name.upper())} is not understood as a statement.")
        return
    if not isinstance(tree, _QUERIES + _ROWS):
        reading.destroys(f"{_kind(tree).upper()}{CHANGES_MORE}settings of the server.")
        if not isinstance(tree, exp.DDL | exp.Drop | exp.Alter | exp.TruncateTable):
            return
    _walk(tree, dialect, reading)


def _kind(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Create | exp.Drop | exp.Alter):
        return f"{tree.key} {tree.args.get('kind') or ''}".lower().strip()
    if isinstance(tree, exp.Query | exp.Values | exp.Table):
        return "select"
    return str(tree.name).lower() if isinstance(tree, exp.Command) else tree.key


def _walk(tree: exp.Expr, dialect: str, reading: Reading) -> None:
    ctes = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    allowed = typed.STRUCTURE | typed.FUNCTIONS
    if tree.find(*_ROWS) is not None:
        allowed |= typed.CHANGES
    for node in tree.walk():
        if not _judge(node, tree, dialect, reading) and type(node).__name__ not in allowed:
            reading.unknown(f"It uses {_spelled(node)}, which is not known only to read.")
        if isinstance(node, exp.Table):
            _table(node, ctes, dialect, reading)
        else:
            _gather(node, dialect, reading)
        if dialect == "oracle" and _opens_documents(node):
            reading.unknown("Its XQuery may open another document.")
    if dialect == "oracle":
        _calls_without_brackets(tree, ctes, reading)


def _judge(node: exp.Expr, tree: exp.Expr, dialect: str, reading: Reading) -> bool:
    """Judge a node that is more than a part of a query. False if it is not one."""
    if isinstance(node, _ROWS):
        if not isinstance(node.parent, exp.When):  # a part of MERGE, judged with it
            _change(node, reading)
    elif isinstance(node, exp.Anonymous | exp.NextValueFor):
        _named_function(node, dialect, reading)
    elif isinstance(node, exp.Lock):
        reading.add(SqlEffect.WRITE, "FOR UPDATE or FOR SHARE locks rows; without it, it could be a read.")
    elif isinstance(node, exp.Into | exp.DDL | exp.Drop | exp.Command):
        _another_statement(node, tree, reading)
    else:
        return False
    return True


def _change(node: exp.Expr, reading: Reading) -> None:
    kind = node.key.upper()
    if isinstance(node, exp.Merge):
        _merge(node, reading)
    elif isinstance(node, exp.Insert):
        if node.args.get("overwrite") or isinstance(node.this, exp.Directory) or node.find(exp.Directory):
            reading.changes_rows("INSERT OVERWRITE", is_bounded=False)
        elif node.args.get("is_function"):
            reading.destroys("INSERT INTO FUNCTION writes outside of the database.")
        else:
            reading.changes_rows(kind, is_bounded=True)
    else:
        reading.changes_rows(kind, is_bounded=bounds.is_bounded(node))


def _merge(node: exp.Merge, reading: Reading) -> None:
    deletes = any(
        isinstance(then := when.args.get("then"), exp.Var | exp.Delete)
        and then.name.upper() in {"DELETE", ""}
        for when in node.find_all(exp.When)
    )
    joined = node.args.get("on")
    is_joined = isinstance(joined, exp.Expr) and any(
        isinstance(equal.this, exp.Column)
        and isinstance(equal.expression, exp.Column)
        and equal.this.table.lower() != equal.expression.table.lower()
        for equal in joined.find_all(exp.EQ)
    )
    reading.changes_rows("MERGE with DELETE" if deletes else "MERGE", is_bounded=is_joined and not deletes)


def _named_function(node: exp.Anonymous | exp.NextValueFor, dialect: str, reading: Reading) -> None:
    name = "next_value_for" if isinstance(node, exp.NextValueFor) else str(node.name).lower()
    schema = _schema(node)
    spelled = ".".join((*schema, name))
    reading.functions.add(spelled)
    if takes_a_number(name) and dialect != "mysql":
        reading.add(SqlEffect.WRITE, f"{name} takes the next number of a sequence.")
    elif name == _SETS_WHAT_IT_IS_GIVEN and node.expressions:
        reading.unknown(f"{name} with an argument sets a number; without one it could be a read.")
    elif not (
        is_allowed(dialect, schema, name)
        or is_spelled_by_the_grammar(dialect, schema, name)
        or _is_hint(node, name)
    ):
        reading.unknown(
            f"It calls {shown(spelled)}, which is not on the list of functions of {dialect} that only read."
        )


def _is_hint(node: exp.Expr, name: str) -> bool:
    """Hints look like calls: `/*+ MAX_EXECUTION_TIME(5) */`, `WITH (INDEX(i))`."""
    if node.find_ancestor(exp.Hint) is not None:
        return True
    return name in {"index", "forceseek"} and isinstance(node.parent, exp.WithTableHint)


def _schema(node: exp.Expr) -> tuple[str, ...]:
    """What stands before a function's name."""
    parent = node.parent
    if isinstance(parent, exp.Table) and parent.this is node:
        return tuple(part.name.lower() for part in parent.parts[:-1] if part is not node)
    if isinstance(parent, exp.Dot) and parent.expression is node:
        return tuple(
            part.name.lower() for part in parent.this.find_all(exp.Identifier, exp.Parameter, bfs=False)
        ) or ("?",)
    return ()


def _another_statement(node: exp.Expr, tree: exp.Expr, reading: Reading) -> None:
    if isinstance(node, exp.Into):
        reading.destroys("SELECT INTO makes a table, a file or a variable; without INTO it could be a read.")
    elif node is not tree:
        reading.destroys(f"It holds {node.key.upper()} inside of another statement.")


def _spelled(node: exp.Expr) -> str:
    """Say what a node type is, as a person would: `ReadCSV` is read_csv."""
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()}"
    return "".join(f" {c.lower()}" if c.isupper() else c for c in type(node).__name__).strip()


def _gather(node: exp.Expr, dialect: str, reading: Reading) -> None:
    if isinstance(node, exp.Column):
        _column(node, dialect, reading)
    elif isinstance(node, exp.Star):
        reading.columns.add("*")
    elif isinstance(node, exp.Summarize) and isinstance(node.this, exp.Literal):
        reading.unknown("It reads a file by its name.")
    elif isinstance(node, exp.WithTableHint):
        if any(hint.name.upper() in _HINTS_THAT_LOCK for hint in node.expressions):
            reading.add(SqlEffect.WRITE, "A table hint locks rows; without it, it could be a read.")
    elif _sets_a_variable(node, dialect):
        reading.unknown("It sets a variable; write the value where it is used.")
    elif isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous | exp.Connector):
        reading.functions.add(node.sql_name().lower())
        _typed_function(node, reading)


def _sets_a_variable(node: exp.Expr, dialect: str) -> bool:
    if isinstance(node, exp.PropertyEQ):
        return isinstance(node.this, exp.Parameter | exp.SessionParameter)
    is_assigned = isinstance(node, exp.EQ) and isinstance(node.this, exp.Parameter)
    return dialect == "tsql" and is_assigned and isinstance(node.parent, exp.Select)


def _typed_function(node: exp.Func, reading: Reading) -> None:
    schema = _schema(node)
    if schema and schema[-1] not in {"pg_catalog", "sys", "safe", "net"}:
        spelled = f"{'.'.join(schema)}.{node.sql_name().lower()}"
        reading.unknown(f"It calls {shown(spelled)}, which is not a built-in function by that name.")


def _table(node: exp.Table, ctes: set[str], dialect: str, reading: Reading) -> None:
    parts = [part.name.lower() for part in node.parts if isinstance(part, exp.Identifier)]
    if isinstance(node.this, exp.Identifier | exp.Dot):
        if len(parts) > 1 or parts[:1] != list(ctes & set(parts[:1])):
            reading.tables.add(".".join(parts))
        alias = node.args.get("alias")
        if isinstance(alias, exp.TableAlias) and alias.this is None:
            reading.unknown("It reads from a function that is not known only to read.")
    elif dialect != "postgres" and not isinstance(node.this, _SOURCES):
        reading.unknown("It reads from what is no table: a stage, a file or a name that is computed.")
    if dialect == "duckdb" and parts and names_a_file(*parts):
        reading.unknown("It reads a file by its name.")
    if dialect == "tsql" and (len(node.parts) > _LOCAL_PARTS or isinstance(node.this, exp.Dot)):
        reading.unknown("It reads from another server (a name of four parts).")
    if dialect == "oracle" and parts and "@" in parts[-1]:
        reading.unknown("It reads over a database link.")


def names_a_file(*parts: str) -> bool:
    """Whether DuckDB takes a table's name for a file: `'a/b'`, `"x.csv"`, `data.csv`."""
    return any(mark in parts[-1] for mark in "/.:*") or (len(parts) > 1 and parts[-1].lower() in _FILES)


def _opens_documents(node: exp.Expr) -> bool:
    """Whether XQuery inside of Oracle's SQL may open more than the document that it is given."""
    is_call = isinstance(node, exp.Anonymous) and node.name.lower().startswith("xml")
    return (is_call or isinstance(node, exp.XMLTable)) and any(
        _OPENS_DOCUMENTS.search(text.name) for text in node.find_all(exp.Literal)
    )


def _column(node: exp.Column, dialect: str, reading: Reading) -> None:
    name = node.name.lower()
    reading.columns.add(name or "*")
    if name == "nextval" and dialect in _SEQUENCES and node.table:
        reading.add(SqlEffect.WRITE, "nextval takes the next number of a sequence.")


def _calls_without_brackets(tree: exp.Expr, ctes: set[str], reading: Reading) -> None:
    """Oracle calls a function without arguments by its bare name: `SELECT wipe FROM dual`."""
    tables = list(tree.find_all(exp.Table))
    sources = (
        {table.alias_or_name.lower() for table in tables} | {table.name.lower() for table in tables} | ctes
    )
    sources |= {alias.alias_or_name.lower() for alias in tree.find_all(exp.Subquery, exp.Lateral)}
    for column in tree.find_all(exp.Column):
        name = column.name.lower()
        if name in _ORACLE_WITHOUT_COLUMNS or name in {"nextval", "currval"}:
            continue
        is_loose = not column.table and _is_from_dual(column)
        if is_loose or (column.table and column.table.lower() not in sources):
            reading.unknown(f"{shown(name)} may be a call of a function without brackets.")


def _is_from_dual(column: exp.Column) -> bool:
    """Whether the innermost query around a column reads nothing but DUAL, which has one column."""
    query = column.find_ancestor(exp.Select)
    source = query.args.get("from_") if query is not None else None
    if query is None or source is None or query.args.get("joins"):
        return query is not None and source is None
    return isinstance(source.this, exp.Table) and source.this.name.lower() == "dual"
