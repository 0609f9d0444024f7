"""What a message acts on, and whom, whence and when a rule is about."""

import pytest

from firedoor.core.decide.rules.targets import Target, is_about, is_for, moment, names_in, targets_of
from firedoor.model.policy import Rule, Window
from firedoor.model.verdict import Effect
from firedoor.operations.durations import instant_us
from tests.helpers.nouns import facts, message

NIGHT = Window(days=frozenset({5}), from_minute=22 * 60, until_minute=6 * 60)
NOON = Window(from_minute=12 * 60, until_minute=13 * 60)


def rule(effect: Effect = Effect.ALLOW, **changes) -> Rule:
    return Rule(id="r", effect=effect, **changes)


@pytest.mark.parametrize(
    ("about", "targets"),
    [
        (message(), (Target("tool", "add"),)),
        (message("prompts/get", "p"), (Target("prompt", "p"),)),
        (message("resources/read", "file:///x"), (Target("resource", "file:///x"),)),
        (message("tasks/get", "t"), (Target("", "t"),)),
        (
            message("completion/complete", "", params={"ref": {"type": "ref/prompt", "name": "p"}}),
            (Target("prompt", "p"),),
        ),
        (
            message("completion/complete", "", params={"ref": {"type": "ref/resource", "uri": "u"}}),
            (Target("resource", "u"),),
        ),
        (message("completion/complete", "", params={"ref": {"type": "ref/else"}}), (Target("", ""),)),
        (
            message(
                "subscriptions/listen", "", params={"notifications": {"resourceSubscriptions": ["a", "b", 3]}}
            ),
            (Target("resource", "a"), Target("resource", "b"), Target("resource", "")),
        ),
    ],
)
def test_a_message_acts_on_these(about, targets) -> None:
    assert targets_of(about) == targets


def test_a_rule_with_a_tool_is_about_calls_alone() -> None:
    tools = rule(tools=("a*",))
    assert names_in(tools) == {"tool": ("a*",)}
    assert is_about(tools, "tools/call", Target("tool", "add"))
    assert not is_about(tools, "prompts/get", Target("prompt", "add"))
    assert is_about(rule(), "prompts/get", Target("prompt", "x"))
    assert not is_about(rule(methods=("tasks/*",)), "tools/call", Target("tool", "add"))


def test_a_resource_is_allowed_in_every_form_and_denied_in_any() -> None:
    sly = Target("resource", "file:///docs/../.ssh/id")
    assert not is_about(rule(resources=("file:///docs/*",)), "resources/read", sly)
    assert is_about(rule(Effect.DENY, resources=("*/.ssh/*",)), "resources/read", sly)
    assert is_about(rule(Effect.DENY, resources=("file:///docs/*",)), "resources/read", sly)


def test_a_name_that_is_too_long_is_denied_by_whatever_may_be_about_it() -> None:
    long = Target("tool", "a" * 20_000)
    assert not is_about(rule(tools=("*",)), "tools/call", long)
    assert is_about(rule(Effect.DENY, tools=("b",)), "tools/call", long)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"principals": ("dan*",)}, True),
        ({"principals": ("eve",)}, False),
        ({"agents": ("claw",)}, True),
        ({"agents": ("other",)}, False),
        ({"groups": ("any*",)}, False),
        ({"networks": ("10.0.0.0/8",)}, True),
        ({"networks": ("10.0.0.7",)}, True),
        ({"networks": ("192.168.0.0/16", "2001:db8::/32")}, False),
        ({"principals": ("dana",), "agents": ("other",)}, False),
    ],
)
def test_a_rule_is_for_whom_it_names(changes, fits) -> None:
    assert is_for(rule(**changes), facts()) is fits


@pytest.mark.parametrize(("peer", "fits"), [("::ffff:10.1.2.3", True), ("nonsense", False), ("", False)])
def test_an_address_is_read_in_any_spelling_and_else_is_nowhere(peer: str, fits: bool) -> None:
    assert is_for(rule(networks=("10.0.0.0/8",)), facts(peer=peer)) is fits


@pytest.mark.parametrize(
    ("window", "at", "fits"),
    [
        (NOON, "2026-11-23T12:00", True),
        (NOON, "2026-11-23T12:59", True),
        (NOON, "2026-11-23T13:00", False),
        (NIGHT, "2026-11-27T23:00", True),
        (NIGHT, "2026-11-28T05:59", True),
        (NIGHT, "2026-11-28T06:00", False),
        (NIGHT, "2026-11-27T05:00", False),
        (NIGHT, "2026-11-28T23:00", False),
    ],
)
def test_a_stretch_over_midnight_belongs_to_the_day_it_begins_on(window, at: str, fits: bool) -> None:
    at_us = instant_us(at + "Z", 0)
    assert is_for(rule(times=(window,)), facts(at_us=at_us)) is fits
    assert moment(at_us).isoformat().startswith(at)


@pytest.mark.parametrize(
    ("effect", "resource", "template", "is_meant"),
    [
        (Effect.ALLOW, "file:///pub/*", "file:///pub/{name}", True),
        (Effect.ALLOW, "file:///pub/*", "file:///{+path}", True),
        (Effect.ALLOW, "file:///pub/*", "file:///etc/{name}", False),
        (Effect.HOLD, "file:///pub/*", "FILE:///pub/{name}", True),
        (Effect.DENY, "file:///etc/*", "file:///etc/{name}", True),
        (Effect.DENY, "file:///etc/*", "file:///{+path}", False),
    ],
)
def test_a_template_is_denied_whole_and_opened_in_part(effect, resource, template, is_meant) -> None:
    about = rule(effect, resources=(resource,))
    assert is_about(about, "resources/read", Target("template", template)) is is_meant
    assert not is_about(rule(effect, tools=("*",)), "resources/read", Target("template", template))
    assert is_about(rule(effect), "resources/read", Target("template", template))


def test_listening_to_no_resource_acts_on_nothing_by_name() -> None:
    about = message("subscriptions/listen", "", params={"notifications": {"resourceSubscriptions": []}})
    assert targets_of(about) == (Target("", ""),)
