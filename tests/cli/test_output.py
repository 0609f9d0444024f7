import pytest

from firedoor.cli.output import clean, instant, print_json, print_table


@pytest.mark.promise("EVT-2")
@pytest.mark.parametrize("text", ["a\nb", "\x1b[2J", "\u202eabc", "\r", "\x9b1m", "\u2028"])
def test_text_from_elsewhere_cannot_act_on_a_terminal(text: str) -> None:
    assert clean(text).isprintable()


def test_a_table_has_columns_and_says_when_it_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("A", "LONG"), [("xyz", None), (1, "b")], empty="Nothing.")
    print_table(("A",), [], empty="Nothing.")
    assert capsys.readouterr().out == "A    LONG\nxyz  -\n1    b\nNothing.\n"


def test_an_object_takes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": "x\ny\u2028"})
    assert capsys.readouterr().out == '{"a": "x\\ny\\u2028"}\n'


def test_an_instant_is_shown_in_utc() -> None:
    assert instant(1_000_000) == "1970-01-01T00:00:01Z"
    assert instant(None) is None
