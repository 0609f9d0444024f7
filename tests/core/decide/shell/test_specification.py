import pytest

from firedoor.core.decide.shell.specification import Specification, Style, parse
from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.values import ANY_WORDS, ANYTHING, Argument, known

TOOL = Specification(
    name="tool",
    options="-a -n: -C? --all --sort: --color? -#",
    most_operands=2,
)
GROUP = Specification(
    name="group",
    options="-C: --version",
    subs=(Specification(name="get|list", options="-o:"), Specification(name="top")),
)


def read(*words: str | Argument, of: Specification = TOOL):
    return parse(of, tuple(known(w) if isinstance(w, str) else w for w in words))[1]


def test_joined_attached_and_separate_options_are_read_as_the_command_reads_them() -> None:
    parsed = read("-an5", "--sort=x", "--sort", "y", "-C", "--color", "-20", "file")
    assert [name for name, _ in parsed.options] == ["-a", "-n", "--sort", "--sort", "-C", "--color", "-#"]
    assert [o.text for o in parsed.operands] == ["file"]
    assert [v.text for v in parsed.values("--sort")] == ["x", "y"]


@pytest.mark.parametrize(
    "words",
    [
        ("-z",),
        ("-az",),
        ("--al",),
        ("--so=x",),
        ("--all=x",),
        ("-n", "-a"),
        ("--sort", "--all"),
        ("--", "-a"),
        ("a", "b", "c"),
    ],
)
def test_what_is_not_specified_is_unclear(words: tuple[str, ...]) -> None:
    with pytest.raises(Unclear):
        read(*words)


def test_a_negative_number_is_a_value() -> None:
    assert read("-n", "-5").values("-n")[0].text == "-5"


@pytest.mark.parametrize("word", [ANYTHING, ANY_WORDS, Argument(text=None, prefix="-")])
def test_what_could_be_an_option_is_unclear(word: Argument) -> None:
    with pytest.raises(Unclear):
        read(word)


def test_what_cannot_be_an_option_is_an_operand() -> None:
    assert read(Argument(text=None, prefix="/var")).operands
    assert read("--", ANYTHING).operands
    assert read(Argument(text=None, prefix="--sort=")).values("--sort")


def test_a_sub_command_has_options_of_its_own() -> None:
    last, parsed = parse(GROUP, (known("-C"), known("x"), known("list"), known("-o"), known("y")))
    assert (last.name, parsed.path) == ("get|list", ("group", "list"))
    with pytest.raises(Unclear):
        read("get", "-C", "x", of=GROUP)
    with pytest.raises(Unclear):
        read("delete", of=GROUP)
    with pytest.raises(Unclear):
        read(of=GROUP)
    assert read("--version", of=GROUP).has("--version")


def test_a_whole_option_is_never_taken_apart() -> None:
    whole = Specification(name="openssl", options="-noout -in:", style=Style.WHOLE)
    assert read("-noout", "-in", "x", of=whole).has("-noout")
    with pytest.raises(Unclear):
        read("-out", "x", of=whole)


def test_an_option_that_is_needed_is_needed() -> None:
    with pytest.raises(Unclear, match="only with -b"):
        read(of=Specification(name="top", options="-b", needs=("-b",)))


def test_many_words_do_not_fit_a_fixed_number_of_operands() -> None:
    with pytest.raises(Unclear):
        read(Argument(text=None, prefix="/x", is_many=True))


def test_a_flag_that_is_set_to_false_does_not_count_where_one_has_to_be_given() -> None:
    asks = Specification(name="fmt", options="-check -list", style=Style.WHOLE, needs=("-check",))
    assert read("-check=true", of=asks).has("-check")
    assert not read("-list=false", "-check", of=asks).has("-list")
    with pytest.raises(Unclear):
        read("-check=false", of=asks)
