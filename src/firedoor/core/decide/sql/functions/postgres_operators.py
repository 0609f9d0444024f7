"""Operators of PostgreSQL that only read: its own and those of well-known extensions. Lists alone.

An operator is a call of a function by a sign, and anybody may define one. Made from `pg_operator` of
version 18, where no function behind one is volatile.
"""

from firedoor.core.decide.sql.words import words

_OWN = words("""
    !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<=
    <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~*
    ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
""")
_OF_EXTENSIONS = words("""
    #<# #<=# #= #># #>=# %# %% %> %>> <#> <% <%> <+> <->> <->>> <<% <<-> <<->> <<#>> <<<-> <=> <@> <~> ?<@
    ?@ ?@> ?~ ^<@ ^? ^@> ^~ ~> &&& &/& @@= |=|
""")
"""cube, hstore, intarray, ltree, pg_trgm, pgvector, earthdistance, PostGIS."""
_SPELLED_BY_THE_GRAMMAR = frozenset(
    {"BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC", "NOT BETWEEN SYMMETRIC", "!="}
)
_OPERATORS = _OWN | _OF_EXTENSIONS | _SPELLED_BY_THE_GRAMMAR


def is_known_operator(schema: tuple[str, ...], sign: str) -> bool:
    """Whether an operator, by its sign and what stands before it, is known only to read."""
    return schema in {(), ("pg_catalog",)} and sign in _OPERATORS
