"""Precision and recall of a masker on a labelled corpus, by kind."""

from collections import defaultdict
from dataclasses import dataclass, field

from firedoor.core.mask.masker import Masker
from tests.corpora.masking import Document, operational


@dataclass
class Score:
    labelled: int = 0
    covered: int = 0
    """Labels of which no character is left."""
    found: int = 0
    right: int = 0
    """Findings of this kind that lie on a label."""
    sorts: dict[str, list[int]] = field(default_factory=dict)
    """By sort: labels, and those of which no character is left."""
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.covered / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def scores(masker: Masker, documents: list[Document]) -> dict[str, Score]:
    by_kind: dict[str, Score] = defaultdict(Score)
    for document in documents:
        found = masker.text(document.text).found
        for label in document.labels:
            score = by_kind[label.kind]
            score.labelled += 1
            covered = {
                i for one in found for i in range(max(one.start, label.start), min(one.end, label.end))
            }
            sort = score.sorts.setdefault(label.sort or label.kind, [0, 0])
            sort[0] += 1
            if len(covered) == label.end - label.start:
                score.covered += 1
                sort[1] += 1
            else:
                near = document.text[max(0, label.start - 30) : label.end + 20]
                score.missed.append(f"{document.form} {document.locale}: {near!r}")
        for one in found:
            score = by_kind[str(one.kind)]
            score.found += 1
            if any(label.start < one.end and one.start < label.end for label in document.labels):
                score.right += 1
            else:
                near = document.text[max(0, one.start - 20) : one.end + 20]
                score.wrong.append(f"{document.form}: {document.text[one.start : one.end]!r} in {near!r}")
    return dict(by_kind)


def false_findings(masker: Masker, seed: int, size: int) -> list[str]:
    """What is found in text of operations."""
    text = operational(seed, size)
    return [f"{one.kind}: {text[max(0, one.start - 20) : one.end + 5]!r}" for one in masker.text(text).found]


def table(by_kind: dict[str, Score]) -> str:
    """Recall by sort and precision by kind, as Markdown."""
    lines = ["| what | found as | values | recall | precision |", "|---|---|---|---|---|"]
    rows = [
        (kind, sort, labelled, covered / labelled, score.precision)
        for kind, score in by_kind.items()
        for sort, (labelled, covered) in score.sorts.items()
    ]
    lines += [
        f"| {sort} | `{kind}` | {labelled} | {recall:.1%} | {precision:.1%} |"
        for kind, sort, labelled, recall, precision in sorted(rows)
    ]
    return "\n".join(lines)
