"""Whether a condition bounds the rows that a statement changes. Only by its shape; it never counts rows.

A bound is a comparison of a column with a fixed value that cannot hold for every row by its form:
`id = 5`, `id IN (1, 2)`, `ts BETWEEN a AND b`, `created_at < '2026-01-01'`, `name LIKE 'a%'`.
Not one: nothing, `true`, `1 = 1`, `id = id`, `id > 0`, `x IS NOT NULL`, `x <> 1`, `NOT (…)`, `LIKE '%'`.
`AND` needs one bound among its parts, `OR` one in each.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

_DATE = re.compile(r"(?:19[7-9]\d|20\d\d)-[01]\d")
"""A time of this era bounds on one side; `'9999-12-31'`, `''` and `'zzzz'` are made to hold for all."""
_FOLDS = (exp.Lower, exp.Upper, exp.Trim, exp.Cast, exp.Paren, exp.Date, exp.Collate)
_DIGS = (exp.JSONExtract, exp.JSONExtractScalar, exp.Bracket)
_ORDERS = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_NOW = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentDatetime, exp.CurrentTimestampLTZ, exp.Systimestamp)
_NOW_NAMES = frozenset({"now", "getdate", "getutcdate", "sysdatetime", "datetime", "unix_timestamp", "today"})
_DEEPEST = 64
_WIDEST = 100_000


def is_bounded(statement: exp.Expr) -> bool:
    """Whether the condition of an UPDATE or DELETE bounds it."""
    where = statement.args.get("where")
    if not isinstance(where, exp.Where):
        return False
    return _names_target(statement, where.this)


def _names_target(statement: exp.Expr, condition: exp.Expr) -> bool:
    """With several tables, the bound has to be about the changed one, or about one that it is joined to."""
    bound = {column.table.lower() for column in _bounds(condition, 0)} if _holds(condition, 0) else set[str]()
    if not bound:
        return False
    names = _target_names(statement)
    if _is_single(statement):
        return True
    joined = {
        frozenset({left.table.lower(), right.table.lower()})
        for equal in statement.find_all(exp.EQ)
        if isinstance(left := equal.this, exp.Column) and isinstance(right := equal.expression, exp.Column)
    }
    return bool(bound & names) or any(pair & names and pair & bound and len(pair) > 1 for pair in joined)


def _is_single(statement: exp.Expr) -> bool:
    target = statement.this
    has_joins = isinstance(target, exp.Table) and bool(target.args.get("joins"))
    more = statement.args.get("from_") or statement.args.get("using") or statement.args.get("tables")
    return not has_joins and not more


def _target_names(statement: exp.Expr) -> set[str]:
    listed: list[exp.Expr] = statement.args.get("tables") or [statement.this]
    return {table.alias_or_name.lower() for table in listed} | {table.name.lower() for table in listed}


def _holds(node: exp.Expr | None, depth: int) -> bool:
    """Whether a condition is a bound."""
    if depth > _DEEPEST or node is None:
        return False
    if isinstance(node, exp.Paren):
        return _holds(node.this, depth + 1)
    if isinstance(node, exp.And):
        return _holds(node.this, depth + 1) or _holds(node.expression, depth + 1)
    if isinstance(node, exp.Or):
        return _holds(node.this, depth + 1) and _holds(node.expression, depth + 1)
    return _bounding_column(node) is not None


def _bounds(node: exp.Expr, depth: int) -> Iterator[exp.Column]:
    """Yield the columns that are bounded, of a condition that holds."""
    if depth > _DEEPEST:
        return
    if isinstance(node, exp.Paren):
        yield from _bounds(node.this, depth + 1)
    elif isinstance(node, exp.And | exp.Or):
        yield from _bounds(node.this, depth + 1)
        yield from _bounds(node.expression, depth + 1)
    else:
        column = _bounding_column(node)
        if column is not None:
            yield column


def _bounding_column(node: exp.Expr) -> exp.Column | None:
    """Return the column that a comparison bounds, or None."""
    if isinstance(node, exp.EQ | exp.NullSafeEQ):
        return _equal(node.this, node.expression) or _equal(node.expression, node.this)
    if isinstance(node, exp.In):
        return _column(node.this) if _is_bounding_list(node) else None
    if isinstance(node, exp.Between):
        is_fixed = _is_fixed(node.args.get("low")) and _is_fixed(node.args.get("high"))
        return _column(node.this) if is_fixed and _is_a_time(node) | _is_a_span(node) else None
    if isinstance(node, exp.Like | exp.ILike):
        return _column(node.this) if _has_a_beginning(node.expression) else None
    if isinstance(node, _ORDERS):
        return _ordered(node)
    return None


def _equal(one: exp.Expr, other: exp.Expr) -> exp.Column | None:
    column = _column(one)
    if column is None or isinstance(other, exp.Boolean | exp.Null):
        return None
    if isinstance(other, exp.Any):
        inner = other.this.unnest() if isinstance(other.this, exp.Paren) else other.this
        return column if _is_fixed(inner) else None
    return column if _is_fixed(other) else None


def _is_bounding_list(node: exp.In) -> bool:
    if node.args.get("unnest") or node.args.get("field"):
        return False
    query = node.args.get("query")
    if query is None:
        return bool(node.expressions) and all(_is_fixed(item) for item in node.expressions)
    inner = query.this if isinstance(query, exp.Subquery) else query
    return isinstance(inner, exp.Select) and _is_bounded_query(inner)


def _is_bounded_query(query: exp.Select) -> bool:
    """`IN (SELECT …)` bounds if the inner query is bounded itself, by an unjoined table's own column."""
    where = query.args.get("where")
    is_plain = not query.args.get("joins") and len(query.expressions) == 1
    return is_plain and isinstance(where, exp.Where) and _holds(where.this, 1)


def _is_a_span(node: exp.Between) -> bool:
    """`BETWEEN 1 AND 9` spans little enough to be meant; half of all numbers is everything."""
    low, high = _number(node.args.get("low")), _number(node.args.get("high"))
    return low is not None and high is not None and 0 <= high - low <= _WIDEST


def _is_a_time(node: exp.Between) -> bool:
    return all(_is_time(node.args.get(side)) for side in ("low", "high"))


def _number(node: exp.Expr | None) -> float | None:
    sign = -1 if isinstance(node, exp.Neg) else 1
    inner = node.this if isinstance(node, exp.Neg) else node
    if not isinstance(inner, exp.Literal) or inner.is_string:
        return None
    try:
        return sign * float(inner.name)
    except ValueError:
        return None


def _has_a_beginning(pattern: exp.Expr) -> bool:
    return isinstance(pattern, exp.Literal) and re.match(r"[^%_\\]{2}", pattern.name) is not None


def _ordered(node: exp.Expr) -> exp.Column | None:
    for one, other in ((node.this, node.expression), (node.expression, node.this)):
        column = _column(one)
        if column is not None and _is_fixed(other) and _is_time(other):
            return column
    return None


def _is_time(node: exp.Expr | None) -> bool:
    if node is None:
        return False
    if isinstance(node, exp.Literal):
        return node.is_string and _DATE.match(node.name) is not None
    if isinstance(node, exp.Cast | exp.Paren | exp.Date | exp.Timestamp | exp.TsOrDsToDate):
        return _is_time(node.this)
    return any(
        isinstance(inner, _NOW) or (isinstance(inner, exp.Anonymous) and inner.name.lower() in _NOW_NAMES)
        for inner in node.walk()
    )


def _is_fixed(node: exp.Expr | None) -> bool:
    """Whether an expression is the same for every row."""
    if node is None:
        return False
    return not any(isinstance(inner, exp.Column | exp.Query | exp.Star) for inner in node.walk())


def _column(node: exp.Expr) -> exp.Column | None:
    """Return the column under harmless foldings: `lower(name)`, `data->>'id'`, `(id)`."""
    for _ in range(_DEEPEST):
        if isinstance(node, exp.Column):
            return None if isinstance(node.this, exp.Star) else node
        if not isinstance(node, _FOLDS + _DIGS) or not isinstance(node.this, exp.Expr):
            return None
        if isinstance(node, exp.Cast) and node.to.is_type("boolean"):
            return None
        node = node.this
    return None
