import pytest

from firedoor.core.decide.sql.mongo import read
from firedoor.core.decide.sql.reading import Reading
from firedoor.model.sql import SqlEffect


def reading(text: str) -> Reading:
    made = Reading()
    read(text, made)
    return made


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ('{"find": "u", "filter": {"a": {"$gt": 1}}}', SqlEffect.READ),
        ('{"find": "u", "filter": {"$where": "1"}}', SqlEffect.UNKNOWN),
        ('{"find": "u", "filter": {"\\u0024where": "1"}}', SqlEffect.UNKNOWN),
        ('{"find": "u", "drop": "u"}', SqlEffect.UNKNOWN),
        ('{"find": "a", "find": "b"}', SqlEffect.UNKNOWN),
        ('{"Find": "u"}', SqlEffect.UNKNOWN),
        ('{"aggregate": "u", "pipeline": [{"$facet": {"a": [{"$out": "x"}]}}]}', SqlEffect.DESTRUCTIVE),
        ('{"explain": {"delete": "u", "deletes": [{"q": {}, "limit": 0}]}}', SqlEffect.READ),
        ('{"explain": {"find": "u", "filter": {"$where": "1"}}}', SqlEffect.UNKNOWN),
        ('{"explain": {"explain": {"find": "u"}}}', SqlEffect.UNKNOWN),
        ('{"explain": 1}', SqlEffect.UNKNOWN),
        ('{"insert": "u", "documents": [{"a": 1}]}', SqlEffect.WRITE),
        ('{"update": "u", "updates": [{"q": {"_id": 1}, "u": {"$set": {"a": 1}}}]}', SqlEffect.WRITE),
        (
            '{"update": "u", "updates": [{"q": {"_id": 1}, "u": {}}, {"q": {}, "u": {}}]}',
            SqlEffect.DESTRUCTIVE,
        ),
        ('{"delete": "u", "deletes": []}', SqlEffect.DESTRUCTIVE),
        ('{"delete": "u", "deletes": [{"q": {"$and": [{"a": {"$gt": 1}}, {"_id": 1}]}}]}', SqlEffect.WRITE),
        ('{"delete": "u", "deletes": [{"q": {"$or": [{}, {"_id": 1}]}, "limit": 0}]}', SqlEffect.DESTRUCTIVE),
        ('{"delete": "u", "deletes": [{"q": {"_id": {"$oid": "0"}}, "limit": 1}]}', SqlEffect.WRITE),
        ('{"delete": "u", "deletes": [{"q": {"active": true}, "limit": 0}]}', SqlEffect.DESTRUCTIVE),
        ('{"findAndModify": "u", "query": {}, "remove": true}', SqlEffect.DESTRUCTIVE),
        ('{"dropDatabase": 1}', SqlEffect.DESTRUCTIVE),
        ("db.u.drop()", SqlEffect.UNKNOWN),
        ("[]", SqlEffect.UNKNOWN),
    ],
)
def test_a_command_gets_its_effect(text: str, effect: SqlEffect) -> None:
    assert reading(text).effect is effect


def test_names_are_gathered() -> None:
    made = reading('{"find": "u", "filter": {"a": {"$gt": 1}, "b": 2}}')
    assert made.tables == {"u"}
    assert made.columns == {"a", "b"}
    assert made.functions == {"$gt"}
    assert made.statements == ["find"]
