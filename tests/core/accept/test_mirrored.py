"""Header and body agree on the arguments that a tool wants mirrored."""

import pytest

from firedoor.core.accept.mirrored import Mirror, disagreement, mirrors_of, tools_of

SCHEMA = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "size": {"type": "integer", "x-mcp-header": "Size"},
        "ratio": {"type": "number", "x-mcp-header": "Ratio"},
        "plain": {"type": "string"},
        "odd": True,
        "inner": {"properties": {"deep": {"type": "boolean", "x-mcp-header": "Deep"}}},
    },
}
MIRRORS = mirrors_of(SCHEMA)


def test_annotated_primitive_properties_are_found_at_any_depth() -> None:
    assert (
        Mirror("mcp-param-region", ("region",)),
        Mirror("mcp-param-size", ("size",)),
        Mirror("mcp-param-deep", ("inner", "deep")),
    ) == MIRRORS


@pytest.mark.parametrize("schema", [None, True, [], {"properties": []}, {"properties": None}, {}])
def test_a_schema_without_properties_mirrors_nothing(schema: object) -> None:
    assert mirrors_of(schema) == ()


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    ("arguments", "received", "agrees"),
    [
        ({}, (), True),
        ({"plain": "x"}, (("mcp-param-other", "y"),), True),
        ({"region": "eu"}, (("mcp-param-region", "eu"),), True),
        ({"region": "eu"}, (("mcp-param-region", "us"),), False),
        ({"region": "eu"}, (), False),
        ({}, (("mcp-param-region", "eu"),), False),
        ({"region": None}, (("mcp-param-region", "eu"),), False),
        ({"region": None}, (), True),
        ({"region": "ü"}, (("mcp-param-region", "=?base64?w7w=?="),), True),
        ({"region": "ü"}, (("mcp-param-region", "=?base64?w7w?="),), False),
        ({"region": "eu"}, (("mcp-param-region", "eu"), ("mcp-param-region", "us")), False),
        ({"size": 7}, (("mcp-param-size", "7"),), True),
        ({"size": 7}, (("mcp-param-size", "07"),), False),
        ({"inner": {"deep": True}}, (("mcp-param-deep", "true"),), True),
        ({"inner": {"deep": False}}, (("mcp-param-deep", "true"),), False),
        ({"inner": "flat"}, (("mcp-param-deep", "true"),), False),
        ("no object", (), True),
    ],
)
def test_header_and_argument_agree_or_are_both_absent(arguments, received, agrees) -> None:
    assert (disagreement(MIRRORS, arguments, received) is None) is agrees


def test_the_tools_of_a_list_are_read_and_nonsense_in_it_is_passed_over() -> None:
    listed = {"tools": [{"name": "a", "inputSchema": SCHEMA}, {"name": 7}, "b", {"name": "c"}]}
    assert tools_of(listed) == {"a": MIRRORS, "c": ()}
    assert tools_of({"tools": 7}) == {}
