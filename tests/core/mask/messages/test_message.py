import json
import os
import random

import pytest

from firedoor.core.mask.messages.message import Seen
from firedoor.edges.outbound.sse import SseDecoder
from tests.corpora.messages import FOUND, messages, notice, response
from tests.helpers.masking_page import is_masked
from tests.helpers.masks import message_mask

SECRET = "ada.nowak@example.com"
SPLITS = int(os.environ.get("FIREDOOR_MASK_SPLITS", "100000"))
PIECES = SPLITS // 50


def seen(message: object, profile: str = "on") -> Seen:
    return message_mask(profile).seen(json.dumps(message).encode())


KINDS = messages(SECRET)


@pytest.mark.promise("MASK-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_finding_leaves_in_no_kind_of_message(kind: str) -> None:
    found = seen(KINDS[kind])
    assert found.withheld == ""
    assert [one.kind for one in found.found] == ["email"]
    assert SECRET.encode() not in found.view
    assert b"YWRhLm5vd2Fr" not in found.view
    json.loads(found.view)
    assert found.raw == json.dumps(KINDS[kind]).encode()


@pytest.mark.promise("MASK-1")
@pytest.mark.parametrize("detector", FOUND)
def test_no_kind_of_finding_leaves_in_any_kind_of_message(detector: str) -> None:
    text, value = FOUND[detector]
    assert [kind for kind, message in messages(text).items() if not is_masked(message, value)] == []


def test_by_what_messages_are_matched_stays() -> None:
    found = seen({"jsonrpc": "2.0", "id": SECRET, "result": {"nextCursor": SECRET, "x": SECRET}})
    shown = json.loads(found.view)
    assert shown["id"] == SECRET
    assert shown["result"]["nextCursor"] == SECRET
    assert shown["result"]["x"].startswith("EMAIL_")


def test_a_clean_message_is_the_same_object() -> None:
    raw = json.dumps(response({"content": [{"type": "text", "text": "all is well"}]})).encode()
    found = message_mask().seen(raw)
    assert found.view is raw
    assert found.found == ()


@pytest.mark.promise("MASK-1")
@pytest.mark.parametrize("raw", [b'{"id":1,"result":{"a":1,"a":2}}', b"{", b'{"a":"\\ud800"}', b"\xff"])
def test_what_reads_two_ways_is_withheld(raw: bytes) -> None:
    assert message_mask().seen(raw).withheld != ""
    assert message_mask().seen(raw, is_aside=True).view == b""


@pytest.mark.promise("MASK-1")
@pytest.mark.parametrize("is_aside", [False, True])
def test_a_message_that_cannot_be_looked_through_is_withheld_as_a_whole(is_aside: bool) -> None:
    raw = json.dumps(response({"structuredContent": {"card": [4111111111111111] * 4}})).encode()
    found = message_mask("small").seen(raw, is_aside=is_aside)
    assert (found.view, found.found) == (b"", ())
    assert found.withheld != ""


@pytest.mark.promise("MASK-1")
def test_a_finding_spread_over_pieces_of_content_does_not_leave() -> None:
    """Every way to cut a card number into two or three pieces of content."""
    text = "paid with 4111 1111 1111 1111 today"
    for first in range(1, len(text)):
        for second in {first, min(first + 5, len(text))}:
            pieces = [text[:first], text[first:second], text[second:]]
            content = [{"type": "text", "text": piece} for piece in pieces if piece]
            shown = json.loads(seen(response({"content": content})).view)
            joined = "".join(block["text"] for block in shown["result"]["content"])
            assert not any("4111 1111 1111 1111"[at : at + 6] in joined for at in range(14)), (pieces, joined)


@pytest.mark.promise("MASK-1")
def test_pieces_of_content_are_one_text_up_to_a_picture() -> None:
    image = {"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"}
    cut = [{"type": "text", "text": text} for text in ("paid with 4111 1111", " 1111 1111 today")]
    for content, is_one in (
        ([*cut, image], True),
        ([image, *cut], True),
        ([cut[0], image, cut[1]], False),
    ):
        found = seen(response({"content": content}))
        assert [one.kind for one in found.found] == ["card"] * len(cut) * is_one
        assert (b"1111" in found.view) != is_one


@pytest.mark.promise("MASK-1")
def test_nothing_leaks_however_a_stream_is_split() -> None:
    values = [SECRET, "4111 1111 1111 1111", "AKIA" + "A1B2C3D4E5F6G7H8", "DE89 3704 0044 0532 0130 00"]
    messages = [
        notice("notifications/message", {"level": "info", "data": f"row {n}: {value}"})
        for n, value in enumerate(values)
    ]
    stream = b"".join(b"id: %d\ndata: %s\n\n" % (n, json.dumps(m).encode()) for n, m in enumerate(messages))
    chance = random.Random(7)  # noqa: S311 the same splits each time
    mask, views, leaks = message_mask(), {}, 0
    for _ in range(SPLITS):
        cuts = sorted(chance.sample(range(1, len(stream)), 3))
        decoder = SseDecoder()
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            for event in decoder.feed(stream[begin:end]):
                if event.data not in views:
                    views[event.data] = mask.seen(event.data)
                view = views[event.data].view
                leaks += any(value.encode() in view for value in values)
    assert leaks == 0, f"{leaks} leaks over {SPLITS} splits of a stream"
    # However it was cut, the messages were whole: each was masked, and no other was ever seen.
    assert len(views) == len(messages)
    assert all(len(found.found) == 1 for found in views.values())


@pytest.mark.promise("MASK-1")
def test_nothing_leaks_however_a_text_is_cut_into_pieces_of_content() -> None:
    chance = random.Random(8)  # noqa: S311 the same pieces each time
    values = [
        SECRET,
        "4111 1111 1111 1111",
        "AKIA" + "A1B2C3D4E5F6G7H8",
        "DE89 3704 0044 0532 0130 00",
        "943 476 5919",
    ]
    leaks = 0
    for _ in range(PIECES):
        value = chance.choice(values)
        text = f"row 17: the value is {value} and no other"
        cuts = sorted(chance.sample(range(1, len(text)), chance.randint(1, 6)))
        pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        content = [{"type": "text", "text": piece} for piece in pieces]
        shown = json.loads(seen(response({"content": content})).view)["result"]["content"]
        leaks += value in "".join(block["text"] for block in shown)
    assert leaks == 0, f"{leaks} leaks over {PIECES} texts cut into pieces"


def test_the_entry_lists_kinds_places_and_marks_and_no_value() -> None:
    found = seen(KINDS["text"])
    raw = found.raw.decode()
    (listed,) = found.masked
    assert listed[:2] == ["email", "token"]
    assert raw[listed[2] : listed[3]] == SECRET
    assert SECRET not in json.dumps(found.masked)


def test_what_is_only_noted_is_delivered_as_it_came() -> None:
    found = seen(response({"content": [{"type": "text", "text": "card 4111 1111 1111 1111"}]}), "custom")
    assert found.view == found.raw
    assert [one.kind for one in found.found] == ["card"]


def test_schemas_are_taken_out_of_lists_also_where_something_is_found() -> None:
    found = seen(
        response({"tools": [{"name": "x", "description": SECRET, "outputSchema": {"type": "object"}}]})
    )
    assert b"outputSchema" not in found.view
    assert b"EMAIL_" in found.view
