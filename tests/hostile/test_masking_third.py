"""Texts of a third hand: credentials of 80 vendors, national ids of 31 countries, files and tables."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.helpers.masks import masker

FILE = Path(__file__).parents[1] / "corpora" / "masking_third.jsonl"


def test_of_a_third_hands_texts_nearly_every_value_is_masked(
    record_property: Callable[[str, object], None],
) -> None:
    labelled, masked, missed, wrong = Counter[str](), Counter[str](), list[str](), list[str]()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text, found = case["text"], masker().text(case["text"]).found
        for kind, start, end in case["labels"]:
            covered = sum(max(0, min(end, one.end) - max(start, one.start)) for one in found)
            labelled[kind] += 1
            if covered >= 0.8 * (end - start):
                masked[kind] += 1
            else:
                missed.append(f"{kind}: {text[start:end]}")
        wrong += [
            f"{one.kind}: {text[one.start : one.end]}"
            for one in found
            if not any(one.start < end and start < one.end for _, start, end in case["labels"])
        ]
    total, all_masked = sum(labelled.values()), sum(masked.values())
    record_property(
        "figure", f"masking, third hand: {all_masked} of {total} values, {len(wrong)} wrong findings"
    )
    assert all_masked >= 0.95 * total, missed
    assert masked["secret"] >= 0.97 * labelled["secret"], missed
    assert wrong == []
