import time

import pytest

from firedoor.core.mask.structure.marked import marked
from firedoor.model.mask import Kind
from tests.helpers.masks import masker

SECRET = """\
apiVersion: v1
data:
  username: YXBwdXNlcg==
  tls.key: |
    LS0tLS1C
    RUdJTg==
kind: Secret
metadata:
  name: db
"""


def values(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in masker().text(text).found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<Customer><FirstName>Lorcan</FirstName></Customer>", [(Kind.NAME, "Lorcan")]),
        ("<c:dateOfBirth id='1'>1980-02-29</c:dateOfBirth>", [(Kind.BIRTH_DATE, "1980-02-29")]),
        ("<tr><th>Name</th><td>Priya Raman</td></tr>", [(Kind.NAME, "Priya Raman")]),
        ('<input name="lastname" value="Vandenberghe">', [(Kind.NAME, "Vandenberghe")]),
        ('<add key="DbPassword" value="xmlP4ss"/>', [(Kind.PASSWORD, "xmlP4ss")]),
        (
            "INSERT INTO users (id, first_name, password) VALUES (7, 'Dora', 'b0b!ins'), (8, 'Uwe', 'x''y9')",
            [(Kind.NAME, "Dora"), (Kind.PASSWORD, "b0b!ins"), (Kind.NAME, "Uwe"), (Kind.PASSWORD, "x''y9")],
        ),
        ("- name: RAILS_MASTER_KEY\n  value: \"64e502776a093e07348e030084116e44\"\n- name: PORT\n  value: 80",
         [(Kind.SECRET, "64e502776a093e07348e030084116e44")]),
        ('<a:Attribute Name="givenName" x="y"><a:AttributeValue>Apollonia</a:AttributeValue>',
         [(Kind.NAME, "Apollonia")]),
        ('variable "db_password" {\n  default = "tfV4r!!"\n}', [(Kind.PASSWORD, "tfV4r!!")]),
        (SECRET, [(Kind.SECRET, "YXBwdXNlcg=="), (Kind.SECRET, "LS0tLS1C"), (Kind.SECRET, "RUdJTg==")]),
    ],
)  # fmt: skip
def test_a_name_gives_a_value_away_that_does_not_stand_right_behind_it(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "<status>running</status>",
        "<Name>checkout-worker</Name>",
        '<add key="Timeout" value="30"/>',
        "INSERT INTO orders (id, sku) VALUES (7, 'AB-1')",
        "INSERT INTO users (email, name) SELECT email, name FROM old",
        "kind: ConfigMap\ndata:\n  mode: fast\n",
        "- name: GOMAXPROCS\n  value: 4",
    ],
)
def test_what_no_name_gives_away_is_left(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    "part", ["<a ", "<name>", 'name="x" ', "insert into t (a", "data:\n", 'variable "x" {']
)
def test_hostile_text_takes_time_by_its_length(part: str) -> None:
    def taken(size: int) -> float:
        text = "kind: Secret\n</ value variable Secret " + part * (size // len(part))
        begin = time.thread_time()  # what other threads do meanwhile is not its fault
        marked(text, is_about_a_person=True)
        return time.thread_time() - begin

    taken(1000)
    assert min(taken(200_000) for _ in range(3)) < 1.0


def test_a_section_within_a_section_of_a_secret_is_read_once() -> None:
    text = "kind: Secret\ndata:\n  stringData:\n    pin: b0b1ns\n"
    found = marked(text, is_about_a_person=False)
    assert [text[one.start : one.end] for one in found] == ["b0b1ns"]


def test_every_row_of_a_long_statement_is_read() -> None:
    rows = ["('a@example.com')"] * 10_050
    text = ", ".join(["INSERT INTO users (email) VALUES ('a@example.com')", *rows[1:]])
    assert len(marked(text, is_about_a_person=False)) == 10_050


def test_quotes_after_quotes_without_an_end_are_read_once() -> None:
    text = "INSERT INTO users (email) VALUES (" + "'" * 100_001 + "x"
    assert marked(text, is_about_a_person=False) == []


def told(text: str, *, is_about_a_person: bool = False) -> list[str]:
    return [text[one.start : one.end] for one in marked(text, is_about_a_person=is_about_a_person)]


def test_cells_of_a_page_are_told_by_the_title_of_their_column() -> None:
    page = (
        "<table><tr><th>Name</th><th>Geburtsdatum</th></tr>"
        "<tr><td>Friedhelm Lang</td><td>04.07.1955</td></tr><tr><td>one cell</td></tr></table>"
    )
    assert told(page) == ["Friedhelm Lang", "04.07.1955"]


def test_without_titles_a_name_in_a_row_of_a_page_is_one_beside_what_is_personal() -> None:
    row = "<tr><td>764</td><td>Aurelia Hutchinson</td><td>open</td></tr>"
    assert told(row, is_about_a_person=True) == ["Aurelia Hutchinson"]
    assert told(row) == []


def test_elements_with_their_value_in_an_attribute_are_told_by_their_name() -> None:
    assert told('<given value="Eleanora"/><birthDate value="1948-12-02"/><id value="7"/>') == [
        "Eleanora",
        "1948-12-02",
    ]


def test_rows_of_a_dump_are_told_by_its_columns_up_to_its_end() -> None:
    rows = "1\tOkonjo\tM13 9PL\n2\t\\N\n\\.\n9\tNo\tM1 1AA"
    dump = f"COPY public.patients (id, surname, postcode) FROM stdin;\n{rows}"
    assert told(dump) == ["Okonjo", "M13 9PL"]
    assert told("COPY t (surname) FROM stdin;\nOkonjo") == ["Okonjo"]
    assert told("COPY t (a, b) FROM stdin;\nOkonjo\tM13 9PL") == []


def test_a_list_of_keys_and_values_is_told_by_its_keys() -> None:
    rows = "api_token      aB3dE6gH9jK2mN5pQ8s\nendpoint       x\n\nend"
    listed = f"Key            Value\n---            -----\n{rows}"
    assert told(listed) == ["aB3dE6gH9jK2mN5pQ8s"]
