"""What a second look tells of a recording, with finders that see what they are told to see."""

import base64
import json
import re
from dataclasses import dataclass, field

import pytest

from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import passing_keys
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject
from firedoor.model.mask import Action
from firedoor.operations.look_again import UNREAD, Left, SecondLook, look_again
from tests.helpers.finders import Finds

ONE = SessionId("0199c2f0-0000-7000-8000-000000000001")
TOKENS = TokenMaker(passing_keys())


@dataclass(frozen=True)
class Told:
    kind: EntryKind
    payload: bytes
    envelope: JsonObject = field(default_factory=dict)
    session: SessionId = ONE
    sequence: int = 2
    at_us: int = 5


def told(value: Json, **envelope: Json) -> Told:
    return Told(EntryKind.OUTCOME, json.dumps(value, ensure_ascii=False).encode(), {"call": 1, **envelope})


def left(*entries: Told, finders: tuple[Finds, ...] = (Finds("Ada Nowak"),)) -> list[Left]:
    return list(look_again(entries, SecondLook(finders), TOKENS.mark))


def places(found: list[Left]) -> list[tuple[str, int, int]]:
    return [(one.path, one.start, one.end) for one in found]


def test_a_value_that_was_delivered_in_clear_is_told_with_its_place_and_not_repeated() -> None:
    (one,) = left(told({"result": {"content": [{"type": "text", "text": "Then Ada Nowak called."}]}}))
    assert one == Left(
        session=ONE,
        sequence=2,
        call=1,
        at_us=5,
        path="$.result.content[0].text",
        start=5,
        end=14,
        kind="name",
        shown="••••",
        extra="ner",
        confidence="0.97",
        rule="R",
    )


def test_of_a_long_value_the_last_few_characters_are_shown() -> None:
    (one,) = left(told("key abcdefghijklmnop"), finders=(Finds("abc[a-z]+", "secret", "secrets"),))
    assert one.shown == "••••mnop"


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind.name not in {"OUTCOME", "EVENT"}])
def test_only_messages_to_the_client_are_looked_at(kind: EntryKind) -> None:
    finder = Finds("Ada Nowak")
    assert left(Told(kind, b'"Ada Nowak"'), finders=(finder,)) == []
    assert finder.asked == []


def test_an_event_is_a_message_to_the_client_and_an_empty_one_is_none() -> None:
    assert len(left(Told(EntryKind.EVENT, b'"Ada Nowak"'), Told(EntryKind.EVENT, b""))) == 1
    assert left(Told(EntryKind.EVENT, b'"Ada Nowak"'))[0].call is None


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": {"b": [0, "Ada Nowak"]}}, "$.a.b[1]"),
        ({"text": '{"note": "Ada Nowak"}'}, "$.text > $.note"),
        ({"text": ' [["Ada Nowak"]]'}, "$.text > $[0][0]"),
        ({"text": "{not JSON: Ada Nowak"}, "$.text"),
        ({"blob": base64.b64encode(b"Dear Ada Nowak").decode()}, "$.blob > $"),
        ({"blob": base64.b64encode(b'{"who": "Ada Nowak"}').decode()}, "$.blob > $ > $.who"),
        ({"blob": "Ada Nowak, not base64"}, "$.blob"),
    ],
)
def test_every_text_is_looked_at_wherever_it_stands(value: Json, path: str) -> None:
    assert [one.path for one in left(told(value))] == [path]


def test_bytes_that_are_no_json_are_looked_at_as_text() -> None:
    assert places(left(Told(EntryKind.OUTCOME, b"\xff Ada Nowak"))) == [("$", 5, 14)]


def test_numbers_are_texts_and_truth_is_none() -> None:
    found = left(told({"n": 4711, "t": True, "f": 1.25, "z": None}), finders=(Finds(r"4711|1\.25|rue|one"),))
    assert [one.path for one in found] == ["$.n", "$.f"]


def test_the_name_of_a_member_is_looked_at_and_no_path_repeats_it() -> None:
    found = left(told({"Ada Nowak": {"note": "Ada Nowak"}, "plain": 1}))
    assert places(found) == [("$.••••", 0, 9), ("$.••••.note", 0, 9)]


def test_a_name_that_cannot_be_looked_through_is_not_repeated_either() -> None:
    found = left(told({"slow as Ada Nowak": "Ada Nowak"}))
    assert [(one.kind, one.path) for one in found] == [(UNREAD, "$.••••owak"), ("name", "$.••••owak")]


def test_a_text_that_could_not_be_looked_through_is_told_as_such() -> None:
    (one,) = left(told("slow Ada Nowak"))
    assert (one.kind, one.start, one.end, one.shown, one.confidence) == (UNREAD, 0, 16, "", "")


@pytest.mark.parametrize("action", [Action.TOKEN, Action.REVERSIBLE, Action.PARTIAL, Action.HASH])
def test_what_stands_in_place_of_a_masked_value_is_no_news(action: Action) -> None:
    mask = TOKENS.made(action, "name", "Margaret Holloway")
    assert left(told(f"Dear {mask}, hello"), finders=(Finds(re.escape(mask)),)) == []
    assert left(told(f"Dear {mask}, hello"), finders=(Finds(re.escape(mask) + ", hello"),)) != []


def test_an_account_beside_its_masked_password_is_no_secret() -> None:
    mask = TOKENS.made(Action.TOKEN, "password", "hunter2-hunter2")
    secrets = (Finds(r"-u \S+", "secret", "secrets"),)
    assert left(told(f"curl -u adm:{mask} x"), finders=secrets) == []
    assert left(told(f"curl -u a3f9c04be2:{mask} x"), finders=secrets) != []
    assert left(told("curl -u adm x"), finders=secrets) != []
    assert left(told(f"Bo {mask}"), finders=(Finds(r"Bo \S+"),)) != []


def test_what_the_profile_notes_is_no_news_and_what_it_did_not_note_is() -> None:
    mark = TOKENS.mark("Ada Nowak")
    noted: list[Json] = [["name", "note", 0, 9, mark], ["name", "token", 0, 9], "odd"]
    assert left(told("Ada Nowak", masked=noted)) == []
    masked: list[Json] = [["name", "token", 0, 9, mark]]
    assert len(left(told("Ada Nowak", masked=masked))) == 1
    other: list[Json] = [["name", "note", 0, 9, TOKENS.mark("Bo")]]
    assert len(left(told("Ada Nowak", masked=other))) == 1


def test_every_finder_looks_and_each_is_named() -> None:
    finders = (Finds("Ada Nowak"), Finds("Nowak", "secret", "secrets"))
    assert [(one.extra, one.kind) for one in left(told("Ada Nowak"), finders=finders)] == [
        ("ner", "name"),
        ("secrets", "secret"),
    ]
    assert SecondLook(finders).extras == ("ner", "secrets")


def test_a_finder_is_told_the_name_of_the_field_and_asked_once_for_what_repeats() -> None:
    finder = Finds("Ada Nowak")
    rows: list[Json] = [{"who": "Ada Nowak"}, {"who": "Ada Nowak"}]
    assert len(left(told(rows), told(rows), finders=(finder,))) == 4
    assert finder.asked == [("who", ""), ("Ada Nowak", "who")]


def test_a_long_text_is_not_kept() -> None:
    finder = Finds("Ada Nowak")
    long = "x" * 200 + " Ada Nowak"
    assert len(left(told([long, long]), finders=(finder,))) == 2
    assert len(finder.asked) == 2


def test_what_holds_no_word_is_not_looked_at() -> None:
    finder = Finds(".")
    assert left(told(["", "ab", "-- ! --"]), finders=(finder,)) == []
    assert finder.asked == []


def test_what_is_nested_deeper_than_anybody_nests_ends() -> None:
    text = "Ada Nowak"
    for _ in range(8):
        text = json.dumps([text])
    (one,) = left(Told(EntryKind.OUTCOME, text.encode()))
    assert one.path.count(" > ") == 4


def test_text_that_is_no_text_alone_costs_nothing() -> None:
    assert left(Told(EntryKind.OUTCOME, b"[" * 100_000)) == []
