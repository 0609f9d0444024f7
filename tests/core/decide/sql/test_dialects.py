import pytest

from firedoor.core.decide.sql.dialects import DIALECTS, dialect_named, known_dialect
from firedoor.model.errors import SettingsError


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_known_by_its_own_name_in_any_case(name: str) -> None:
    assert known_dialect(f" {name.upper()} ") == name


@pytest.mark.parametrize(
    ("name", "canonical"),
    [("postgresql", "postgres"), ("pg", "postgres"), ("MSSQL", "tsql"), ("SQLServer", "tsql"),
     ("mariadb", "mysql"), ("mongodb", "mongo"), ("opensearch", "elastic"), ("valkey", "redis")],
)  # fmt: skip
def test_a_dialect_is_known_by_its_other_names(name: str, canonical: str) -> None:
    assert dialect_named(name) == canonical


def test_an_unknown_dialect_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="klingon") as caught:
        dialect_named("klingon")
    assert caught.value.code == "dialect_unknown"
    assert "postgres, mysql, sqlite, tsql, oracle" in caught.value.hint
