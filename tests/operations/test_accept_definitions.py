"""A person accepts what waits; the record has it before it takes effect."""

from dataclasses import replace

import pytest

from firedoor.model.definition import Definition, DefinitionKind, Pin, Suspicion
from firedoor.model.errors import ClientError, RecordError
from firedoor.operations.accept_definitions import ACCEPTED, Wanted, accept_definitions

TOOL = DefinitionKind.TOOL
SLY = (Suspicion("tag", "description", "It hides something."),)


class Kept:
    """The part of `ports.definitions.Definitions` that is used here, and of `ports.acts.Acts`."""

    def __init__(self, *pins: Pin) -> None:
        self.rows = list(pins)
        self.story: list[object] = []
        self.is_full = False

    def pins(self, upstream: str) -> tuple[Pin, ...]:
        return tuple(sorted(self.rows, key=lambda pin: pin.definition.name))

    def accept(self, upstream: str, keys: list, by: str, at_us: int) -> None:
        self.story.append(("accepted", [digest[0] for _, digest in keys], by))
        for index, pin in enumerate(self.rows):
            if (pin.definition.kind, pin.definition.hash) in keys:
                self.rows[index] = replace(pin, accepted_at_us=at_us, accepted_by=by)

    def note(self, act: str, about) -> None:
        if self.is_full:
            raise RecordError("record_unavailable", "The record is full.")
        self.story.append((act, about))


def pin(name: str, number: int, suspicions: tuple[Suspicion, ...] = (), **changes) -> Pin:
    definition = Definition(kind=TOOL, name=name, hash=str(number) * 64, text="{}", suspicions=suspicions)
    return Pin(upstream="crm", definition=definition, first_seen_at_us=number, **changes)


def accepting(kept: Kept, *names: str):
    return accept_definitions(Wanted(upstream="crm", names=names, by="dana", at_us=9), kept, kept)


def names(reviewed: tuple) -> list[str]:
    return [each.pin.definition.name for each in reviewed]


def test_without_names_all_is_accepted_in_which_nothing_is_suspicious() -> None:
    kept = Kept(pin("add", 1), pin("echo", 2, SLY), pin("sum", 3), pin("old", 4, accepted_at_us=5))
    done = accepting(kept)
    assert (names(done.accepted), names(done.left)) == (["add", "sum"], ["echo"])
    noted, accepted = kept.story
    assert noted == (
        ACCEPTED,
        {
            "upstream": "crm",
            "definitions": [
                {"kind": "tool", "name": "add", "hash": "1" * 64, "suspicions": 0},
                {"kind": "tool", "name": "sum", "hash": "3" * 64, "suspicions": 0},
            ],
        },
    )
    assert accepted == ("accepted", ["1", "3"], "dana")


def test_what_is_named_is_accepted_whatever_is_in_it() -> None:
    kept = Kept(pin("echo", 2, SLY), pin("sum", 3))
    done = accepting(kept, "echo")
    assert (names(done.accepted), names(done.left)) == (["echo"], ["sum"])


def test_a_hash_names_the_definition_that_was_looked_at() -> None:
    kept = Kept(pin("echo", 2), pin("echo", 3))
    assert len(accepting(kept, "echo@33").accepted) == 1
    assert kept.story[-1] == ("accepted", ["3"], "dana")
    with pytest.raises(ClientError) as refused:
        accepting(kept, "echo@33")
    assert refused.value.code == "definition_unknown"


@pytest.mark.parametrize("name", ["other", "echo@9", ""])
def test_what_does_not_wait_is_refused_and_nothing_is_accepted(name: str) -> None:
    kept = Kept(pin("echo", 2))
    with pytest.raises(ClientError, match="waits to be accepted"):
        accepting(kept, "echo", name)
    assert kept.story == []


def test_where_nothing_waits_nothing_is_recorded() -> None:
    kept = Kept(pin("echo", 2, accepted_at_us=5))
    done = accepting(kept)
    assert (done.accepted, done.left, kept.story) == ((), (), [])


def test_named_twice_is_accepted_once() -> None:
    kept = Kept(pin("echo", 2))
    assert len(accepting(kept, "echo", "echo@22").accepted) == 1


def test_what_the_record_does_not_take_is_not_accepted() -> None:
    kept = Kept(pin("echo", 2))
    kept.is_full = True
    with pytest.raises(RecordError):
        accepting(kept)
    assert not kept.rows[0].is_accepted
