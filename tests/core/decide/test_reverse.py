"""What an upstream may ask of a client."""

import pytest

from firedoor.core.decide.reverse import asked_in, closed_capabilities, may_ask
from tests.helpers.nouns import upstream


@pytest.mark.parametrize(
    ("changes", "method", "may"),
    [
        ({}, "ping", True),
        ({}, "sampling/createMessage", False),
        ({"may_sample": True}, "sampling/createMessage", True),
        ({}, "roots/list", False),
        ({"may_list_roots": True}, "roots/list", True),
        ({}, "elicitation/create", True),
        ({"may_elicit": False}, "elicitation/create", False),
        ({"may_sample": True, "may_list_roots": True}, "never/heard/of", False),
        ({"may_sample": True}, "Sampling/createMessage", False),
    ],
)
def test_an_upstream_asks_what_the_settings_open(changes, method, may) -> None:
    assert may_ask(upstream(**changes), method) is may


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({}, {"sampling", "roots"}),
        ({"may_sample": True, "may_list_roots": True}, set()),
        ({"may_elicit": False}, {"sampling", "roots", "elicitation"}),
    ],
)
def test_an_upstream_is_told_of_nothing_that_is_closed_to_it(changes, closed) -> None:
    assert closed_capabilities(upstream(**changes)) == closed


@pytest.mark.parametrize(
    ("result", "asked"),
    [
        ({}, ()),
        ({"inputRequests": [1]}, ()),
        ({"inputRequests": {"q": {"method": "ping", "params": {"a": 1}}}}, (("ping", {"a": 1}),)),
        ({"inputRequests": {"q": {"method": 7, "params": 7}, "r": "odd"}}, (("", {}), ("", {}))),
    ],
)
def test_a_result_of_several_rounds_asks_for_these(result, asked) -> None:
    assert asked_in(result) == asked
