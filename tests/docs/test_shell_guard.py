"""The page on the shell guard shows the specifications as they are."""

import re

from firedoor.core.decide.shell.understand import understand_shell
from tests.helpers.shell_table import PAGE, page_with_table

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_table_is_made_from_the_specifications() -> None:
    assert page_with_table(TEXT) == TEXT, "make it anew: python -m tests.helpers.shell_table"


def test_each_example_is_judged_as_the_page_says() -> None:
    examples = re.findall(r"^ {4}(yes|no) {2,4}(.+)$", TEXT, flags=re.MULTILINE)
    assert len(examples) >= 12
    assert [(v, c) for v, c in examples if understand_shell(c).allowed is not (v == "yes")] == []
