"""A decision has one number, one page, and says when to think again."""

import re

import pytest

from tests.architecture.source import REPOSITORY

FOLDER = REPOSITORY / "docs" / "decisions"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
SECTIONS = ["Context", "Choice", "What we give up", "When to revisit"]


def test_the_numbers_are_unique_and_leave_no_gap() -> None:
    numbers = [int(page.name[:4]) for page in PAGES]
    assert numbers == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_has_its_number_in_the_title_and_its_four_sections(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. \S", text)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == SECTIONS


def test_the_list_of_decisions_names_every_page() -> None:
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert listed == [page.name for page in PAGES]
