from firedoor.core.decide.shell.specification import Parsed
from firedoor.core.decide.shell.specifications import checks
from firedoor.core.decide.shell.values import ANYTHING, known


def parsed(*words: str) -> Parsed:
    return Parsed(path=("x", "y"), operands=tuple(map(known, words)))


def test_operands_have_a_form() -> None:
    check = checks.each_operand("[a-z]+", "only letters")
    assert check(parsed("a", "b")) is None
    assert check(parsed("a", "1")) == "x y 1 is not allowed: only letters."
    assert check(Parsed(path=("x",), operands=(ANYTHING,)))


def test_values_have_a_form() -> None:
    check = checks.only_values(("-o",), "JSON", "only JSON")
    assert check(Parsed(path=("x",), options=(("-o", known("JSON")),))) is None
    assert check(Parsed(path=("x",), options=(("-o", known("f")),)))


def test_operands_need_their_option() -> None:
    check = checks.operands_only_with(("--list",), "no")
    assert check(parsed("a"))
    assert check(parsed()) is None
    assert check(Parsed(path=("x",), options=(("--list", None),), operands=(known("a"),))) is None


def test_the_first_word_is_one_of_a_list_and_all_checks_hold() -> None:
    check = checks.every(checks.some_operand, checks.first_operand_in("list show"))
    assert check(parsed("list")) is None
    assert check(parsed("drop"))
    assert check(parsed())
    assert checks.shown(parsed()) == "x y"


def test_programs_that_read_the_environment_are_refused() -> None:
    assert checks.no_environment(parsed(".a")) is None
    assert checks.no_environment(parsed("env.X"))
    assert checks.no_environment(parsed("$ENV.X"))
    assert checks.no_loading(parsed('load("x")'))
    assert checks.no_loading(Parsed(path=("yq",), operands=(ANYTHING,)))


def test_a_file_of_options_is_refused_as_an_operand_and_as_a_value() -> None:
    check = checks.no_list_of_arguments
    assert check(parsed("a", "b@c")) is None
    assert check(parsed("a", "@b"))
    assert check(Parsed(path=("x",), operands=(ANYTHING,)))
    assert check(Parsed(path=("x",), options=(("-j", known("a")), ("-v", None)))) is None
    assert check(Parsed(path=("x",), options=(("-j", known("@a")),)))
