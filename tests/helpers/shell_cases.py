"""Command lines for tests of the shell guard: the shared corpus, and a hold-out written before tuning."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "shell"


def _lines(name: str) -> list:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


CORPUS = _lines("corpus.jsonl")
CORPUS_BENIGN = [case["cmd"] for case in CORPUS if case["expect"] == "allow"]
CORPUS_DANGEROUS = [case["cmd"] for case in CORPUS if case["expect"] == "block"]
HOLDOUT_BENIGN: list[str] = _lines("holdout_benign.jsonl")
HOLDOUT_DANGEROUS: list[str] = _lines("holdout_dangerous.jsonl")
ATTACK_BENIGN: list[str] = _lines("attack_benign.jsonl")
"""Written by somebody who had not seen the guard. Its page has the figures of the first run."""
ATTACK_DANGEROUS: list[str] = _lines("attack_dangerous.jsonl")
THIRD_BENIGN: list[str] = _lines("third_benign.jsonl")
"""By a third hand: the first half before the guard was read, the others against what was read."""
THIRD_DANGEROUS: list[str] = _lines("third_dangerous.jsonl")
FOURTH_BENIGN: list[str] = _lines("fourth_benign.jsonl")
"""Written before the guard was read, in two parts: the second after what the first found was mended."""
FOURTH_DANGEROUS: list[str] = _lines("fourth_dangerous.jsonl")
FIFTH_BENIGN: list[str] = _lines("fifth_benign.jsonl")
"""Of an incident, as an agent would look at it; written before the guard was run on any of them."""
FIFTH_DANGEROUS: list[str] = _lines("fifth_dangerous.jsonl")
SIXTH_BENIGN: list[str] = _lines("sixth_benign.jsonl")
"""Of an incident as well, by somebody who had seen neither the guard nor its specifications."""
SIXTH_DANGEROUS: list[str] = _lines("sixth_dangerous.jsonl")
REVIEWED_DANGEROUS: list[str] = _lines("reviewed_dangerous.jsonl")
"""What manuals say of commands whose specifications had been too trusting."""
