"""People see how each definition stands, and what differs from what was relied on."""

import pytest

from firedoor.model.definition import Definition, DefinitionKind, Pin
from firedoor.operations.review_definitions import (
    LONGEST,
    NOTHING_SAID,
    Reviewed,
    Stand,
    difference,
    review_definitions,
)

TOOL, PROMPT = DefinitionKind.TOOL, DefinitionKind.PROMPT


class Kept:
    """The part of `ports.definitions.Definitions` that is read here."""

    def __init__(self, *pins: Pin) -> None:
        self._pins = pins

    def pins(self, upstream: str) -> tuple[Pin, ...]:
        return tuple(pin for pin in self._pins if pin.upstream == upstream)


def pin(name: str = "echo", number: int = 1, text: str = "{}", kind=TOOL, **changes) -> Pin:
    definition = Definition(kind=kind, name=name, hash=str(number) * 64, text=text)
    return Pin(upstream="crm", definition=definition, first_seen_at_us=number, **changes)


def stands(*pins: Pin) -> list[tuple[str, str, str]]:
    found = review_definitions(Kept(*pins), "crm")
    return [(each.pin.definition.name, each.pin.definition.hash[0], each.stand.value) for each in found]


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        ((), []),
        ((pin(),), [("echo", "1", "new")]),
        ((pin(accepted_at_us=5),), [("echo", "1", "accepted")]),
        ((pin(accepted_at_us=5), pin(number=2)), [("echo", "1", "accepted"), ("echo", "2", "changed")]),
        ((pin(accepted_at_us=5, gone_at_us=6), pin(number=2)), [("echo", "2", "changed")]),
        ((pin(accepted_at_us=5, gone_at_us=6),), [("echo", "1", "gone")]),
        ((pin(gone_at_us=6),), []),
        ((pin(gone_at_us=6), pin(number=2)), [("echo", "2", "new")]),
        ((pin(accepted_at_us=5, gone_at_us=6), pin(number=2, accepted_at_us=7)), [("echo", "2", "accepted")]),
        ((pin("a"), pin("b", accepted_at_us=5)), [("a", "1", "new"), ("b", "1", "accepted")]),
        ((pin("x", kind=PROMPT), pin("x", accepted_at_us=5)), [("x", "1", "new"), ("x", "1", "accepted")]),
        ((pin(text=NOTHING_SAID, accepted_at_us=5, gone_at_us=6),), []),
    ],
)  # fmt: skip
def test_each_definition_stands_where_it_stands(pins: tuple[Pin, ...], expected: list) -> None:
    assert stands(*pins) == expected


def test_what_changed_is_compared_with_what_was_accepted_last() -> None:
    (reviewed,) = review_definitions(
        Kept(
            pin(accepted_at_us=5, gone_at_us=6, text='{"a":1}'),
            pin(number=2, accepted_at_us=9, gone_at_us=10, text='{"a":2,"name":"echo"}'),
            pin(number=3, text='{"a":3,"name":"echo"}'),
        ),
        "crm",
    )
    assert reviewed.is_waiting
    assert list(difference(reviewed)) == [" {", '-  "a": 2,', '+  "a": 3,', '   "name": "echo"', " }"]


def test_what_is_new_is_shown_whole_and_what_is_gone_too() -> None:
    new = Reviewed(stand=Stand.NEW, pin=pin(text='{"a":1}'))
    assert list(difference(new)) == ["+{", '+  "a": 1', "+}"]
    gone = Reviewed(stand=Stand.GONE, pin=pin(text='{"a":1}'))
    assert list(difference(gone)) == ["-{", '-  "a": 1', "-}"]
    assert not gone.is_waiting


def test_a_difference_without_end_is_cut() -> None:
    endless = pin(text="[" + ",".join(str(n) for n in range(2 * LONGEST)) + "]")
    lines = list(difference(Reviewed(stand=Stand.NEW, pin=endless)))
    assert len(lines) <= LONGEST
    assert lines[-1] == "  … the rest of echo is left out"
