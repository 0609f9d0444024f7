"""The page of the docs that says what is masked where and how well, measured.

Nothing in it is written by hand.
`python -m tests.helpers.masking_page` writes it.
"""

import json
from base64 import b64decode
from pathlib import Path

from firedoor.model.mask import CREDENTIALS
from tests.corpora.masking import corpus
from tests.corpora.measure import false_findings, scores, table
from tests.corpora.messages import FOUND, messages
from tests.helpers.masks import masker, message_mask

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "masking.md"
SEED, DOCUMENTS, KILOBYTES = 11, 600, 200


def is_masked(message: object, value: str) -> bool:
    """Whether a value that is in a message leaves neither as it is nor in base64."""
    raw = json.dumps(message).encode()
    assert value in _plain(raw), f"{value} does not stand in {message}"
    return value not in _plain(message_mask().seen(raw).view)


def _plain(payload: bytes) -> str:
    """The message as text, with what its blobs stand for."""
    message = json.loads(payload)
    contents = message.get("result", {}).get("contents", [])
    blobs = [b64decode(one["blob"]).decode() for one in contents if "blob" in one]
    return "\n".join([json.dumps(message, ensure_ascii=False), *blobs])


def coverage() -> str:
    """One row for each kind of message, one column for credentials and one for personal data."""
    names = list(messages(""))
    shown = {
        kind: {name for name, message in messages(text).items() if is_masked(message, value)}
        for kind, (text, value) in FOUND.items()
    }
    heads = [f"`{kind}`" for kind in FOUND]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for name in names:
        cells = ["yes" if name in shown[kind] else "**no**" for kind in FOUND]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    by_kind = scores(masker(), corpus(SEED, DOCUMENTS))
    sorts = {kind: len(score.sorts) for kind, score in by_kind.items()}
    secret = sum(count for kind, count in sorts.items() if kind in CREDENTIALS)
    values = sum(score.labelled for score in by_kind.values())
    wrong = len(false_findings(masker(), 5, KILOBYTES * 1024))
    return f"""\
# What is masked where, and how well

This page is made by `make fix` from what the tests measure, and a test holds the two together.
What it means, and what is not looked through: [explain/masking.md](../explain/masking.md).

## Every kind of message

Of each kind of finding one value is put into each kind of message. *yes*: it does not leave.

{coverage()}

## How well

{DOCUMENTS} generated documents with {values:,} values of {sum(sorts.values()) - secret} personal and {secret} secret sorts: JSON, logs, CSV, SQL tables and prose, in nine locales.
The generator and the detectors were written together: read the figures as an upper bound.
In {KILOBYTES} KB of operations text without any, {wrong} findings were wrong.

{table(by_kind)}
"""  # noqa: E501 - prose of a page


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
