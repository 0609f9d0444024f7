import json

import pytest

from firedoor.core.decide.sql.elastic import read
from firedoor.core.decide.sql.reading import Reading
from firedoor.model.sql import SqlEffect


def reading(text: str) -> Reading:
    made = Reading()
    read(text, made)
    return made


def request(method: str, path: str, body: object = None) -> str:
    return json.dumps({"method": method, "path": path, "body": body})


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (request("GET", "/logs-*/_search", {"query": {}}), SqlEffect.READ),
        (request("post", "logs/_search?size=1"), SqlEffect.READ),
        ('GET /logs/_search\n{"query": {}}', SqlEffect.READ),
        (request("HEAD", "/logs"), SqlEffect.READ),
        (request("GET", "/_cat/indices?v"), SqlEffect.READ),
        (request("POST", "/logs/_search", {"aggs": {"a": {"scripted_metric": {}}}}), SqlEffect.UNKNOWN),
        (request("POST", "/logs/_search", '{"\\u0073cript": {}}'), SqlEffect.UNKNOWN),
        (request("GET", "/logs/_refresh"), SqlEffect.UNKNOWN),
        (request("GET", "/logs/../x"), SqlEffect.UNKNOWN),
        (request("GET", "/logs%2f_search"), SqlEffect.UNKNOWN),
        (request("POST", "//_delete_by_query"), SqlEffect.UNKNOWN),
        (request("PUT", "/logs/_doc/1", {}), SqlEffect.WRITE),
        (request("POST", "/logs/_update/1", {"script": "x"}), SqlEffect.UNKNOWN),
        (request("DELETE", "/logs"), SqlEffect.DESTRUCTIVE),
        (request("POST", "/logs/_delete_by_query", {}), SqlEffect.DESTRUCTIVE),
        (request("PUT", "/_cluster/settings", {}), SqlEffect.DESTRUCTIVE),
        ('{"method": "GET", "path": "/_search", "override": "DELETE"}', SqlEffect.UNKNOWN),
        ('{"method": 1, "path": "/"}', SqlEffect.UNKNOWN),
        ('{"method": "GET"', SqlEffect.UNKNOWN),
        ("hello", SqlEffect.UNKNOWN),
    ],
)
def test_a_request_gets_its_effect(text: str, effect: SqlEffect) -> None:
    assert reading(text).effect is effect


def test_indices_are_gathered() -> None:
    assert reading(request("GET", "/a,b-*/_count")).tables == {"a", "b-*"}


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (request("GET", "/logs/_search?q=a&source=%7B%22script_fields%22%7D"), SqlEffect.UNKNOWN),
        (request("GET", "/logs/_search?s%6furce=x"), SqlEffect.UNKNOWN),
        (request("GET", "/logs/_search?size=1;source=x"), SqlEffect.UNKNOWN),
        ('{"method": "GET", "path": "/_search", "params": {"source": "x"}}', SqlEffect.UNKNOWN),
        ('{"method": "GET", "path": "/_search", "params": "size=1&source=x"}', SqlEffect.UNKNOWN),
        ('{"method": "GET", "path": "/_search", "params": {"size": 1}}', SqlEffect.READ),
        ("GET /_search?source=x", SqlEffect.UNKNOWN),
        (request("POST", "/_sql?format=txt", {"query": "SELECT 1"}), SqlEffect.READ),
        (request("POST", "/_sql", {"query": "DELETE FROM logs"}), SqlEffect.UNKNOWN),
        (request("POST", "/_sql", {"query": "SELECT 1; DELETE FROM logs"}), SqlEffect.UNKNOWN),
        (request("POST", "/_sql", {"query": "SELECT 1", "runtime_mappings": {}}), SqlEffect.UNKNOWN),
    ],
)
def test_a_body_in_parameters_is_not_read_and_sql_is(text: str, effect: SqlEffect) -> None:
    assert reading(text).effect is effect
