"""PostgreSQL's own grammar (libpg_query through postgast) → a reading. Every node type is on an allow-list.

The library is C: it ends at a NUL and is slow on nested comments, so `prescan` runs first. It is kept behind
this one module; two others over the same C library could take its place.
"""

from collections.abc import Iterator, Sequence

import jiter
from postgast import PgQueryError
from postgast.errors import check_error
from postgast.native import lib

from firedoor.core.decide.sql.functions.allowed import is_allowed, takes_a_number
from firedoor.core.decide.sql.functions.postgres_operators import is_known_operator
from firedoor.core.decide.sql.reading import CHANGES_MORE, NOT_TAKEN, SEVERAL, Reading, shown
from firedoor.core.decide.sql.words import words
from firedoor.model.json import Json, JsonObject
from firedoor.model.sql import SqlEffect

_READS = words("""
    SelectStmt VariableShowStmt Integer Float Boolean String BitString List
    A_Const Alias RangeVar TableFunc GroupingFunc NamedArgExpr BoolExpr SubLink CaseExpr CaseWhen RowExpr
    CoalesceExpr MinMaxExpr SQLValueFunction XmlExpr JsonFormat JsonReturning JsonValueExpr
    JsonIsPredicate JsonBehavior NullTest BooleanTest JoinExpr FromExpr TypeName ColumnRef ParamRef A_Expr
    TypeCast CollateClause FuncCall A_Star A_Indices A_Indirection A_ArrayExpr ResTarget SortBy WindowDef
    RangeSubselect RangeFunction RangeTableFunc RangeTableFuncCol RangeTableSample ColumnDef DefElem
    GroupingSet WithClause CTESearchClause CTECycleClause CommonTableExpr JsonOutput JsonArgument
    JsonFuncExpr JsonTablePathSpec JsonTable JsonTableColumn JsonKeyValue JsonParseExpr JsonScalarExpr
    JsonSerializeExpr JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor
    JsonAggConstructor JsonObjectAgg JsonArrayAgg XmlSerialize SetToDefault
""")
_CHANGES = words("""
    InsertStmt UpdateStmt DeleteStmt MergeStmt MergeWhenClause OnConflictClause InferClause IndexElem
    ReturningClause ReturningOption MultiAssignRef RoleSpec
""")
_RUNS = frozenset({"analyze", "analyse"})
_CALLS = {"FuncCall": "funcname", "A_Expr": "name", "SubLink": "operName", "SortBy": "useOp"}
"""Where a function or an operator is named: `f()`, `a + b`, `a = ANY (SELECT …)`, `ORDER BY a USING <`."""
_ROWS = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}


def read(text: str) -> Reading:
    """Return what PostgreSQL's grammar understands of a text."""
    reading = Reading()
    try:
        statements = _parsed(text)
    except PgQueryError:
        reading.unknown(NOT_TAKEN)
        return reading
    except ValueError:
        reading.unknown("It is nested too deep.")
        return reading
    if not statements:
        reading.unknown("It holds no statement.")
    if len(statements) > 1:
        reading.unknown(SEVERAL)
    for statement in statements:
        for name, node in _members(statement):
            _statement(name, node, reading)
    return reading


def _parsed(text: str) -> list[Json]:
    """Return the tree as JSON: its parser bounds the depth, and no class is made for a node."""
    result = lib.pg_query_parse(text.encode())
    try:
        check_error(result)
        written: bytes = result.parse_tree
    finally:
        lib.pg_query_free_parse_result(result)
    tree: Json = jiter.from_json(written)
    return [part.get("stmt") for part in _listed(tree, "stmts") if isinstance(part, dict)]


def _listed(node: Json, name: str) -> Sequence[Json]:
    """Return a field that is a list."""
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, list) else ()


def _members(value: Json) -> list[tuple[str, JsonObject]]:
    """A node is an object with one member: its type, and what it holds."""
    if not isinstance(value, dict):
        return []
    return [(name, inner) for name, inner in value.items() if isinstance(inner, dict)]


def _kind(name: str) -> str:
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name.removesuffix("Stmt"))
    return spaced.strip()


def _statement(name: str, node: JsonObject, reading: Reading) -> None:
    reading.statements.append(_kind(name))
    if name == "ExplainStmt":
        _explain(node, reading)
    elif name in {"SelectStmt", "VariableShowStmt"} or name in _ROWS:
        _walk(name, node, reading)
    else:
        reading.destroys(f"{_kind(name).upper()}{CHANGES_MORE}settings of the server.")


def _explain(node: JsonObject, reading: Reading) -> None:
    inner = _members(node.get("query"))
    if len(inner) != 1 or (inner[0][0] not in _ROWS and inner[0][0] != "SelectStmt"):
        reading.destroys("EXPLAIN of what is neither a query nor a change of rows is not known.")
        return
    options = (option for part in _listed(node, "options") for _, option in _members(part))
    named = {str(option.get("defname")) for option in options}
    reading.only_plans = not named & _RUNS
    _walk(*inner[0], reading)
    reading.only_plans = False


def _walk(root: str, tree: JsonObject, reading: Reading) -> None:
    nodes = list(_nodes(root, tree))
    changes = any(name in _ROWS for name, _ in nodes)
    allowed = _READS | _CHANGES if changes else _READS
    for name, node in nodes:
        if name in _ROWS:
            _change(name, node, reading)
        elif name in _CALLS:
            _call(name, node, reading)
        elif name == "intoClause":
            reading.destroys("SELECT INTO makes a table; without INTO it could be a read.")
        elif name == "LockingClause":
            reading.add(
                SqlEffect.WRITE, "FOR UPDATE or FOR SHARE locks rows; without it, it could be a read."
            )
        elif name[0].isupper() and name not in allowed:
            reading.unknown(f"It uses {_kind(name)}, which is not known only to read.")
        if "relname" in node:
            parts = (node.get(part) for part in ("catalogname", "schemaname", "relname"))
            reading.tables.add(".".join(str(part) for part in parts if part).lower())


def _change(name: str, node: JsonObject, reading: Reading) -> None:
    """Bounds are judged on the other tree; here only that there is a condition at all."""
    is_bounded = name not in {"UpdateStmt", "DeleteStmt"} or "whereClause" in node
    reading.changes_rows(_ROWS[name], is_bounded=is_bounded)


def _call(kind: str, node: JsonObject, reading: Reading) -> None:
    parts = _names(node, _CALLS[kind])
    if kind == "FuncCall":
        _function(parts or [""], reading)
    elif parts and not is_known_operator(tuple(parts[:-1]), parts[-1]):
        spelled = shown(".".join(parts))
        reading.unknown(f"It uses the operator {spelled}, which may call a function that is not known.")


def _function(parts: list[str], reading: Reading) -> None:
    name, schema = parts[-1], tuple(parts[:-1])
    spelled = ".".join(parts)
    reading.functions.add(spelled.lower())
    if takes_a_number(name) and schema in {(), ("pg_catalog",)}:
        reading.add(SqlEffect.WRITE, f"{name} takes the next number of a sequence.")
    elif not is_allowed("postgres", schema, name):
        reading.unknown(
            f"It calls {shown(spelled)}, which is not on the list of functions of postgres that only read."
        )


def _names(node: JsonObject, field: str) -> list[str]:
    """Return the parts of a name: schemas, and what they hold."""
    return [str(inner.get("sval", "")) for part in _listed(node, field) for _, inner in _members(part)]


def _nodes(root: str, tree: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Walk every object with the name it stands under: a type in capitals, or a field."""
    left: list[tuple[str, Json]] = [(root, tree)]
    while left:
        name, value = left.pop()
        if isinstance(value, dict):
            yield name, value
            left.extend(value.items())
        elif isinstance(value, list):
            left.extend((name if isinstance(item, list) else "items", item) for item in value)
