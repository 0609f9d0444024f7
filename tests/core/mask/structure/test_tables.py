import pytest

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.tables import tables


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "id,full_name,dob\n1,Ada Nowak,1984-03-12\n2,Bo Li,1999-01-02\n",
            ["Ada Nowak", "1984-03-12", "Bo Li", "1999-01-02"],
        ),
        ('id,address\n1,"12 High Street, Leeds"\n', ["12 High Street, Leeds"]),
        ("| id | surname |\n|---|---|\n| 1 | Hruba |\n", ["Hruba"]),
        (" id | passport \n----+----\n 1 | C01X00T47\n(1 row)\n", ["C01X00T47"]),
        ("id\tpassword\n1\thunter22\n", ["hunter22"]),
        ("a,b\n1,2\n", []),
        ("name,replicas\napi-gateway,3\n", []),
        ('id,surname\n1,"O""Neil ""\n2,"Unclosed\n', ['O""Neil', "Unclosed"]),
    ],
)
def test_the_header_says_what_a_column_is(text: str, values: list[str]) -> None:
    assert [text[span.start : span.end] for span in tables(text, [])] == values


def test_beside_a_finding_a_cell_of_two_capitalised_words_is_a_name() -> None:
    text = "1 | Zdenka Hruba | z@example.com | 12\n2 | Payment Service | 3 | 4\n"
    found = tables(text, [Span(19, 32, "email")])
    assert [text[span.start : span.end] for span in found] == ["Zdenka Hruba"]


def test_a_sentence_is_no_row() -> None:
    text = "Mail Zdenka Hruba, z@example.com"
    assert tables(text, [Span(19, 32, "email")]) == []


def test_a_line_of_delimiters_does_no_harm() -> None:
    assert tables("email" + "," * 5000 + "\n" + "," * 5000, []) == []
    assert tables("email" + "," * 5000 + '\n""' + "," * 5000, []) == []


def test_cells_in_quotes_are_counted_no_further_than_a_table_is_wide() -> None:
    def of(columns: int) -> str:
        return '"surname"' + ",x" * (columns - 1) + '\n"Hruba"' + ",1" * (columns - 1)

    assert [of(256)[span.start : span.end] for span in tables(of(256), [])] == ["Hruba"]
    assert tables(of(257), []) == []
