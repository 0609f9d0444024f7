import pytest

from firedoor.cli.output import WIDEST, clean, instant, note_cut, print_json, print_table, short


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


@pytest.mark.parametrize("at_us", [10**18, 10**24, 10**40, -(10**18), -(10**40)])
def test_an_instant_that_no_calendar_has_is_shown_as_a_number(at_us: int) -> None:
    assert instant(at_us) == f"{at_us} µs"


def test_no_name_makes_a_table_wider_than_a_reader_follows() -> None:
    assert short("refund") == "refund"
    assert short(None) == "-"
    assert short("x" * WIDEST) == "x" * WIDEST
    assert short("r" + "\u202e" * 5_000) == "r" + "\\u202e" * 7 + "\\u20…"
    assert len(short("r" * 5_000)) == WIDEST


def test_a_list_that_may_go_on_says_so_beside_itself(capsys: pytest.CaptureFixture[str]) -> None:
    note_cut(99, 100)
    assert capsys.readouterr() == ("", "")
    note_cut(100, 100)
    assert capsys.readouterr() == ("", "The newest 100 are shown. More, if there are any: --limit 1000\n")
