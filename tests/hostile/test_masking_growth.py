"""Whatever a text repeats, masking it takes as long as the text is long: steps are counted, not seconds."""

import json
import sys
from collections.abc import Callable
from itertools import count

import pytest

from firedoor.core.mask.catalogue import RULES
from firedoor.core.mask.messages.message import MessageMask
from tests.helpers.masks import message_mask

FRESH = count(10_000)
SIZES = (20_000, 80_000)
"""Both longer than what is asked in one question first, which takes a few steps where there is nothing."""
STRUCTURED = (
    "password=", "password: ", "name=Ada ", "a=b ", "a:", "=", "= ", "aaaa ", "a.b c-d ", "token=aB3dE6gH9j ",
    "name: \"", "email,", "email,name\n", "name|x\n", "a|b|", "|", "\\", "\\\"", "{", "[", "{\"a\":", "\"",
    "-[ RECORD ", "phone 1 ", "a\u200b", "4111 1111 1111 1112 ", "ada@example.com ", "1\n", "a-",
)  # fmt: skip
"""What keys, tables, quotes, JSON in text and characters without width are made of."""
PIECES = (*STRUCTURED, *(a + b for a, b in zip(STRUCTURED, STRUCTURED[7:], strict=False)))


def result(value: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": value}).encode()


def text(value: str) -> bytes:
    return result({"content": [{"type": "text", "text": value}]})


def repeated(piece: str, size: int) -> bytes:
    return text((piece * (size // len(piece) + 1))[:size])


def nested(size: int) -> bytes:
    inner = "ada@example.com x " * (size // 400)
    for _ in range(4):
        inner = json.dumps({"a": inner, "b": ["x"] * 20})
    return text(inner)


SHAPES: dict[str, Callable[[int], bytes]] = {
    "JSON in text in JSON": nested,
    "a header of thousands": lambda n: text(",".join(["email"] * (n // 6)) + "\n" + "a@b.io," * (n // 7)),
    "wide rows": lambda n: text("email," + "c," * 150 + "\n" + ("1," * 150 + "x\n") * (n // 300)),
    "rows of people": lambda n: result(
        {"structuredContent": [{"name": "Ada Nowak", "phone": "x"}] * (n // 40)}
    ),
    "strings that a pattern would join": lambda n: result({"structuredContent": ["call 1", "2"] * (n // 12)}),
    "objects of no two shapes": lambda n: result(
        {"structuredContent": [{f"k{next(FRESH)}": "v"} for _ in range(n // 14)]}
    ),
}


def steps(mask: MessageMask, payload: bytes) -> int:
    """Calls of functions, those of C included, that it takes. RE2 and hyperscan are linear by themselves."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        mask.seen(payload)
    finally:
        sys.setprofile(before)
    return count


def assert_linear(made: Callable[[int], bytes]) -> None:
    mask = message_mask()
    mask.seen(made(SIZES[0]))  # what is remembered of names of fields is not counted
    small, large = (steps(mask, made(size)) for size in SIZES)
    assert large <= 4.4 * small + 200, (small, large)


@pytest.mark.promise("MASK-4")
@pytest.mark.parametrize("piece", PIECES)
def test_what_a_text_repeats_takes_no_more_than_its_length(piece: str) -> None:
    assert_linear(lambda size: repeated(piece, size))


@pytest.mark.promise("MASK-4")
@pytest.mark.parametrize("half", [False, True])
def test_what_a_detector_finds_or_nearly_finds_takes_no_more_than_its_length(half: bool) -> None:
    for rule in RULES:
        piece = rule.sample[: max(3, len(rule.sample) // 2)] if half else rule.sample[:-1] + " "
        assert_linear(lambda size, piece=piece: repeated(piece, size))


@pytest.mark.promise("MASK-4")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_document_takes_no_more_than_its_length(shape: Callable[[int], bytes]) -> None:
    assert_linear(shape)
