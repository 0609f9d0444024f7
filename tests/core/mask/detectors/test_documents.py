import pytest

from firedoor.model.mask import Kind
from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("护照号码: G61234567", Kind.PASSPORT, "G61234567"),
        ("パスポート番号: TK1234567", Kind.PASSPORT, "TK1234567"),
        ("生年月日 1987年4月12日", Kind.BIRTH_DATE, "1987年4月12日"),
        ("BEGIN:VCARD\nN:Gump;Forrest;;;\nEND:VCARD", Kind.NAME, "Gump;Forrest"),
        ("BEGIN:VCARD\nFN:Sigrid Halvorsen\nEND:VCARD", Kind.NAME, "Sigrid Halvorsen"),
        (
            "BEGIN:VCARD\nADR;TYPE=HOME:;;12 Mabini;Makati;;1200;PH\nEND:VCARD",
            Kind.ADDRESS,
            "12 Mabini;Makati;;1200;PH",
        ),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            Kind.NAME,
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        ),
        (
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            Kind.PASSPORT,
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ),
    ],
)
def test_papers_are_found_in_any_script_and_as_machines_read_them(text: str, kind: Kind, value: str) -> None:
    found = masker().text(text).found
    assert [(one.kind, text[one.start : one.end]) for one in found] == [(kind, value)]


@pytest.mark.parametrize(
    "text", ["x <<< 12", "ADR: 12; use it; not that; done", "ADR:one;two", "a<1 and 0<b<2", "N:7", "FN:12"]
)
def test_what_only_looks_like_a_paper_is_left(text: str) -> None:
    assert masker().text(text).found == ()
