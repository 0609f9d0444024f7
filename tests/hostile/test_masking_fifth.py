"""Answers of a fifth hand, written before it read a detector: half hold values, the other half do not."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from firedoor.model.mask import CREDENTIALS
from tests.helpers.masks import masker

FILE = Path(__file__).parents[1] / "corpora" / "masking_fifth.jsonl"
OF_A_KIND = 0.9


def test_of_a_fifth_hands_answers_nearly_every_value_is_masked_and_as_what_it_is(
    record_property: Callable[[str, object], None],
) -> None:
    labelled, masked, told, missed, wrong = Counter[str](), Counter[str](), 0, list[str](), list[str]()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text, found = case["text"], masker().text(case["text"]).found
        for kind, start, end in case["labels"]:
            covered = sum(max(0, min(end, one.end) - max(start, one.start)) for one in found)
            kinds = {one.kind for one in found if one.start < end and start < one.end}
            labelled[kind] += 1
            if covered >= 0.8 * (end - start):
                masked[kind] += 1
                told += bool(CREDENTIALS & kinds) if kind in CREDENTIALS else kind in kinds
            else:
                missed.append(f"{kind}: {text[start:end]}")
        wrong += [
            f"{one.kind}: {text[one.start : one.end]}"
            for one in found
            if not any(one.start < end and start < one.end for _, start, end in case["labels"])
        ]
    total, all_masked = sum(labelled.values()), sum(masked.values())
    record_property(
        "figure", f"masking, fifth hand: {all_masked} of {total} values, {len(wrong)} wrong findings"
    )
    assert all_masked >= 0.96 * total, missed
    credentials = sum(labelled[kind] for kind in CREDENTIALS)
    assert sum(masked[kind] for kind in CREDENTIALS) >= 0.96 * credentials, missed
    assert all(masked[kind] >= OF_A_KIND * labelled[kind] for kind in labelled), missed
    assert told >= 0.99 * all_masked
    assert len(wrong) <= 4, wrong
