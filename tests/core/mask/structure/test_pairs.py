import pytest

from firedoor.core.mask.structure.pairs import pairs


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("user_name=Maria Silva status=ok", ["Maria Silva"]),
        ('full_name="Ada Nowak" took=3ms', ["Ada Nowak"]),
        ("Customer name: Jan van der Berg, called", ["Jan van der Berg"]),
        (r"{\"password\": \"hunter22\", \"a\": 1}", ["hunter22"]),
        ("{'phone': '030 1234567', 'n': 1}", ["030 1234567"]),
        ("Date of birth: 12.03.1984. Next", ["12.03.1984"]),
        ("address=12 High Street, Leeds LS1 4AP state=open", ["12 High Street, Leeds LS1 4AP"]),
        (
            "Authorization: Bearer aB3dE6gH9jK2mN5pQ8sT1 password: hunter22",
            ["aB3dE6gH9jK2mN5pQ8sT1", "hunter22"],
        ),
        ("password: pa,ss;wo) rest", ["pa,ss;wo"]),
        ("password=", []),
        ("'password' => 'hunter22', 'port' => 1", ["hunter22"]),
        ("full name: Ada Phone number: 7", ["Ada Phone"]),
        ('password="unclosed', ['"unclosed']),
        (r'password="a\"bcd"', [r"a\"bcd"]),
        ("contact_name=J. Smith went", ["J. Smith"]),
        ("port=8443 host=db", []),
    ],
)
def test_the_key_says_what_its_value_is(text: str, values: list[str]) -> None:
    found = pairs(text, is_about_a_person=False)
    assert [text[span.start : span.end] for span in found] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-[ RECORD 1 ]---\nid    | 4\nname  | Zoë Kravchenko\nstate | open", ["Zoë Kravchenko"]),
        ("-[ RECORD 1 ]---\npid   | 4\nname  | autovacuum launcher", []),
        ("full name: CURIE, MARIE | x", ["CURIE, MARIE"]),
        ("full name: Curie, Marie", ["Curie, Marie"]),
        ("full name: Curie, she said", ["Curie"]),
        ("temp pw: Ch4nge-Me! - please", ["Ch4nge-Me!"]),
    ],
)
def test_a_row_as_a_block_and_a_name_turned_around_are_read(text: str, values: list[str]) -> None:
    found = pairs(text, is_about_a_person=False)
    assert [text[span.start : span.end] for span in found] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("full name: Ada Nowak, called", []),
        ("full name: Ada Nowak van der Berg, called", ["Ada Nowak van der Berg"]),
        ("full name: Ada Nowak-Berg, called", ["Ada Nowak-Berg"]),
    ],
)
def test_a_name_that_was_found_already_is_told_again_only_where_it_goes_on(
    text: str, values: list[str]
) -> None:
    start = text.index("Ada")
    found = pairs(text, is_about_a_person=False, known={start: start + len("Ada Nowak")})
    assert [text[span.start : span.end] for span in found] == values
