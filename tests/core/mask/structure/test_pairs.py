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
        ("PASS: TestToken_Expired (0.00s)", []),
        ("pass=412 fail=0 skip=3", []),
        ("PASS=hunter22 USER=app", ["hunter22"]),
        ("pass: hunter22 (set by hand)", ["hunter22"]),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/api-Ab3dEf", []),
        ("user:app:secret:4cc4f255af6cd8873c63", ["4cc4f255af6cd8873c63"]),
        ("**Name:** Ada Nowak\n**Password:** hunter22", ["Ada Nowak", "hunter22"]),
        ("InvalidPassword: password too short", []),
        ("admin password: password expires", ["password"]),
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


def told(text: str) -> list[str]:
    return [text[one.start : one.end] for one in pairs(text, is_about_a_person=False)]


def test_the_folder_of_a_shell_is_no_password() -> None:
    assert told("PWD=/home/x\nOLDPWD=/srv") == []
    assert told("DB_PWD=/home/x7\nPWD=Xy7!kPw2") == ["/home/x7", "Xy7!kPw2"]


def test_what_a_plan_changes_is_found_before_and_after() -> None:
    assert told('~ password            = "Old-Pass-7" -> "New-Pass-8"') == ["Old-Pass-7", "New-Pass-8"]
    assert told('name = "x" -> "y"') == []


def test_a_name_ends_where_the_next_key_begins() -> None:
    text = "Vorname: Liesel Nachname: Brandt Telefon: 0732 5550190"
    assert told(text) == ["Liesel", "Brandt", "0732 5550190"]
    assert told("full name: Ada Merriweather Unit: 7") == ["Ada Merriweather Unit"]


def test_values_below_each_other_are_found() -> None:
    assert told("api_token:                aB3dE6gH9jK2mN5pQ8s") == ["aB3dE6gH9jK2mN5pQ8s"]


def test_a_holder_of_a_passport_is_a_person() -> None:
    assert told('passport_no=L6571735 holder="Meenakshi Iyer"') == ["L6571735", "Meenakshi Iyer"]
