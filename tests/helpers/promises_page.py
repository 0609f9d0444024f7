"""The page of the docs that states every promise, made from `tests/requirements.py`.

`python -m tests.helpers.promises_page` writes it.
"""

from pathlib import Path

from tests.requirements import PROMISES, Promise

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "promises.md"
GROUPS = {
    "PATH": ("Path", "../explain/path.md"),
    "REC": ("Record", "../spec/record-format.md"),
    "DEC": ("Decide", "policy.md"),
    "MASK": ("Mask", "../explain/masking.md"),
    "APR": ("Approve", "../explain/approvals.md"),
    "LOCK": ("Contain", "../howto/lock.md"),
    "ID": ("Identify", "../howto/tokens.md"),
    "EVT": ("Tell", ""),
    "EVD": ("Prove", ""),
    "RUN": ("Run", ""),
}
"""By the first part of an id: the heading, and the page that explains. None for what is not built yet."""
OWN = {
    "REC-3": "../howto/keys.md",
    "REC-4": "../explain/performance.md",
    "DEC-2": "../explain/sql-guard.md",
    "DEC-3": "../explain/shell-guard.md",
    "DEC-4": "../howto/policy.md",
    "DEC-5": "../howto/policy.md",
    "DEC-6": "../howto/pins.md",
}
"""Promises that another page than that of their group explains."""
HEAD = """\
# Promises

What Firedoor promises, by id. Each is *shown* by tests that carry its id (`@pytest.mark.promise`), or shown *in part*, or *not yet*.
This page is made from `tests/requirements.py` by `make fix`, and a test holds the two together.
"""  # noqa: E501 - prose of a page


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for prefix, (heading, explained_in) in GROUPS.items():
        link = f"Explained in [{Path(explained_in).stem}]({explained_in}).\n\n" if explained_in else ""
        rows = [row(promise) for promise in PROMISES if promise.id.startswith(f"{prefix}-")]
        parts.append(
            f"\n## {heading}\n\n{link}| id | promise | shown |\n|---|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "".join(parts)


def row(promise: Promise) -> str:
    """One line of a table."""
    own = OWN.get(promise.id)
    link = f" [{Path(own).stem}]({own})" if own else ""
    return f"| `{promise.id}` | {promise.sentence}{link} | {shown(promise)} |"


def shown(promise: Promise) -> str:
    """How much of it tests show."""
    if promise.later is None:
        return "yes"
    return f"in part: {promise.so_far.rstrip('.')}" if promise.so_far else "not yet"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
