import pytest

from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.second_reading import agree, words_of
from firedoor.core.decide.shell.syntax import Unclear
from tests.helpers.shell_cases import CORPUS_BENIGN


@pytest.mark.parametrize("text", CORPUS_BENIGN)
def test_both_readers_find_the_same_words_in_plain_command_lines(text: str) -> None:
    agree(text, read_script(text))


def test_both_readers_count_letters_of_any_language() -> None:
    agree("grep 'é' ü | wc", read_script("grep 'é' ü | wc"))


@pytest.mark.parametrize(
    ("text", "other"), [("ls a", "ls 'a'"), ("ls; id", "ls"), ("ls", "ls; id"), ("ls a b", "ls ab")]
)
def test_readings_that_differ_are_unclear(text: str, other: str) -> None:
    with pytest.raises(Unclear):
        agree(text, read_script(other))


def test_a_mistake_in_the_second_reading_is_unclear() -> None:
    with pytest.raises(Unclear, match="mistake"):
        agree("ls (", read_script("ls"))


def test_every_word_of_a_node_is_given() -> None:
    (chain,) = read_script("a=1 ls x > y").chains
    assert len(list(words_of(chain.pipelines[0].nodes[0]))) == 4
