"""The one question of small documents never says that there is nothing where there is something."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from firedoor.core.mask.masker import Masker
from firedoor.core.mask.structure.json_text import parse
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.model.mask import Action, CustomDetector, Kind, MaskProfile
from tests.corpora.masking import corpus, operational
from tests.corpora.messages import FOUND, messages
from tests.corpora.values import Maker
from tests.helpers.masks import KEYS, masker, message_mask

CORPORA = Path(__file__).parents[2] / "corpora"
WAYS = ("text", "value of a name", "item", "row", "JSON in text", "name of a member")


def is_clean(value: object, known: Masker | None = None) -> bool:
    return (known or masker()).is_clean(parse(json.dumps(value).encode()))


def found(value: object, known: Masker | None = None) -> int:
    document = json.dumps(value)
    return len((known or masker()).document(document, parse(document.encode())).found)


def in_a_message(text: str, way: str) -> object:
    held: dict[str, object] = {
        "text": {"content": [{"type": "text", "text": text}]},
        "value of a name": {"content": [], "structuredContent": {"env": [{"name": "remark", "value": text}]}},
        "item": {"content": [], "structuredContent": {"lines": [text, 7, None, True, 1.5]}},
        "row": {"structuredContent": {"rows": [{"id": n, "remark": text} for n in range(5)]}},
        "JSON in text": {"content": [{"type": "text", "text": json.dumps({"remark": [text], "n": 3})}]},
        "name of a member": {"structuredContent": {text: 1, "state": "up"}},
    }
    return {"jsonrpc": "2.0", "id": 7, "result": held[way]}


def texts() -> Iterator[str]:
    for name in ("attack", "third", "fourth", "fifth"):
        for line in (CORPORA / f"masking_{name}.jsonl").read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    yield from (document.text for document in corpus(31, 40))
    yield from operational(31, 20_000).splitlines()


def test_where_it_says_that_there_is_nothing_nothing_is_found() -> None:
    asked = said = 0
    for number, text in enumerate(texts()):
        for way in (WAYS[0], WAYS[1 + number % 5]):
            value = in_a_message(text, way)
            asked += 1
            if is_clean(value):
                said += 1
                assert not found(value), (way, text)
    assert asked > 3_000
    assert said > 300


def test_of_most_small_answers_without_anything_it_says_so() -> None:
    lines = operational(3, 40_000).splitlines()
    said = sum(is_clean(in_a_message(line, "text")) for line in lines)
    assert said >= 0.8 * len(lines)


@pytest.mark.parametrize("kind", FOUND)
def test_it_never_says_so_of_a_message_with_a_finding(kind: str) -> None:
    for place, value in messages(FOUND[kind][0]).items():
        raw = json.dumps(value).encode()
        assert message_mask().seen(raw).view != raw, place
        assert not is_clean(value), place


@pytest.mark.parametrize(
    "value",
    [
        {"password": "Quiet-Lagoon-7"},
        {"pin": 4711},
        {"db_password": 1.5},
        {"user": {"first_name": "Ada", "last_name": "Nowak"}},
        {"phones": {"phone": [2079460958]}},
        {"columns": ["id", "iban"], "rows": [[1, "DE89370400440532013000"]]},
        {"kind": "Secret", "data": {"anything": "c3Rhcg=="}},
        {"env": [{"name": "DB_PASSWORD", "value": "Quiet-Lagoon-7"}]},
        {"card": 4111111111111111},
        {"blob": "YWRhQGV4YW1wbGUuY29t"},
        {"note": "ada%40example.com"},
        {"note": "\uff14\uff11\uff11\uff11 1111 1111 1111"},
        {"text": '{"a": "{\\"password\\": \\"Quiet-Lagoon-7\\"}"}'},
        ["ada@example.com"],
        "ada@example.com",
    ],
)
def test_what_only_its_place_or_its_look_tells_is_not_called_nothing(value: object) -> None:
    assert not is_clean(value)


def test_texts_beside_a_document_are_asked_too() -> None:
    value = parse(b'{"content": [{"text": "quiet"}, {"text": "lagoon"}]}')
    assert masker().is_clean(value)
    assert not masker().is_clean(value, ["ada@example.com"])


def test_a_name_of_a_member_that_was_something_once_is_something_again() -> None:
    own = masker().aside()
    value = {"ada@example.com": 1}
    assert [is_clean(value, own), is_clean(value, own)] == [False, False]
    harmless = {"state": "up", "zone": "b"}
    assert [is_clean(harmless, own), is_clean(harmless, own)] == [True, True]


def test_names_of_members_are_remembered_up_to_a_number_and_to_a_length() -> None:
    own = masker().aside()
    assert all(is_clean({f"member-{n}": "up"}, own) for n in range(1_200))
    assert is_clean({"x" * 3_000: "up"}, own)
    assert is_clean({"member-3": "up"}, own)


def test_a_text_longer_than_the_profile_takes_is_not_called_nothing() -> None:
    assert not is_clean({"remark": "quiet " * 50}, masker("small"))
    assert is_clean({"remark": "quiet"}, masker("small"))


def test_a_profile_with_fields_paths_or_anchors_of_its_own_asks_nothing_in_one() -> None:
    assert not is_clean({"remark": "quiet"}, masker("custom"))
    own = CustomDetector(kind="begun", pattern="^ticket [0-9]+$", sample="ticket 12")
    rest = dict.fromkeys(Kind, Action.OFF)
    anchored = Masker(MaskProfile(name="anchored", custom=(own,), actions=rest), TokenMaker(KEYS))
    assert not is_clean({"remark": "quiet"}, anchored)


def test_what_is_no_json_and_looks_like_it_is_text() -> None:
    assert is_clean({"text": "[api] started {fast}"})
    assert is_clean({"text": "{}", "more": "[]"})
    assert is_clean({"text": json.dumps({"a": json.dumps([json.dumps({"b": json.dumps(["quiet"])})])})})


def test_a_hundred_documents_made_of_pieces_are_told_apart_as_by_the_long_way() -> None:
    make = Maker(11)
    pieces = [text for kind in FOUND for text in FOUND[kind]] + ["up", "eu-west-1", "0.01 %", "", "name: x"]
    names = ["name", "value", "data", "kind", "state", "phone", "rows", "content", "id", "columns", "key"]
    names.append("new")

    def made(depth: int) -> object:
        choice = make.random.randrange(8 if depth else 4)
        if choice < 4:
            return make.random.choice([make.random.choice(pieces[-5:]), make.random.choice(pieces), 7, None])
        if choice < 6:
            return {make.random.choice(names): made(depth - 1) for _ in range(3)}
        return [made(depth - 1) for _ in range(2)]

    said = 0
    for _ in range(600):
        value = {"result": made(3)}
        if is_clean(value):
            said += 1
            assert not found(value), value
    assert said > 100


def test_numbers_in_a_list_are_asked_where_they_may_be_one_of_a_person() -> None:
    assert is_clean({"sizes": [7, 1_234_567]})
    assert not is_clean({"sizes": [7, 4111111111111111]})


def test_of_what_no_document_holds_it_says_nothing() -> None:
    assert not masker().is_clean(("quiet",))
    assert not masker().is_clean({"remark": [("quiet",)]})
