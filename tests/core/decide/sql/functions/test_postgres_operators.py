import pytest

from firedoor.core.decide.sql.functions.postgres_operators import is_known_operator


@pytest.mark.parametrize("sign", ["=", "->>", "<->", "~~*", "BETWEEN SYMMETRIC", "<=>", "<<%"])
def test_an_operator_of_the_server_or_of_a_known_extension_only_reads(sign: str) -> None:
    assert is_known_operator((), sign)
    assert is_known_operator(("pg_catalog",), sign)


@pytest.mark.parametrize("sign", ["~~~", "===", "@#@", "<=>!", ""])
def test_an_operator_that_nobody_knows_may_call_anything(sign: str) -> None:
    assert not is_known_operator((), sign)


@pytest.mark.parametrize("schema", [("public",), ("evil",), ("app", "pg_catalog")])
def test_an_operator_of_another_schema_is_not_the_one_of_its_name(schema: tuple[str, ...]) -> None:
    assert not is_known_operator(schema, "+")
