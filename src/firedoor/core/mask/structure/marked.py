"""Values that a name gives away at some distance: elements, attributes, statements of SQL, lists, Secrets.

`<FirstName>Ada</FirstName>`, `name="lastname" value="Byron"`, `INSERT INTO t (email) VALUES ('…')`,
`- name: DB_PASSWORD` above `value:`, and the data of a Secret of Kubernetes in YAML. Each pattern is bounded.
"""

import re

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.fields import PERSONAL_FIELDS, field_kind, looks_like_name, value_kind
from firedoor.model.mask import Kind

_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]{0,63})(?:\s[^<>]{0,200})?>([^<>]{1,800})</")
_CELL = re.compile(
    r"<(?:t[hd]|dt)(?:\s[^<>]{0,80})?>([^<>]{1,40})</(?:t[hd]|dt)>\s{0,8}"
    r"<(?:td|dd)(?:\s[^<>]{0,80})?>([^<>]{1,200})</"
)
_ATTRIBUTE = re.compile(
    r"\b(?:name|key|property|id)\s?=\s?\\?[\"']([^\"'<>\\]{1,64})\\?[\"'][^<>\"']{0,40}"
    r"\b(?:value|content)\s?=\s?\\?[\"']([^\"'<>\\]{1,400})\\?[\"']"
)
_LISTED = re.compile(
    r"\b(?:name|key|Name|Key|variable|parameter):\s?[\"']?([\w .-]{1,64})[\"']?[ \t]*\n?[ \t,]{1,40}"
    r"(?:value|Value|content):\s?[\"']?([^\s\"'][^\"'\n]{0,400})"
)
_VARIABLE = re.compile(
    r"\bvariable\s\"([\w-]{1,64})\"\s{0,2}\{[^{}]{0,200}?\bdefault\s{0,16}=\s{0,4}\"([^\"\n]{1,400})\""
)
_INSERT = re.compile(
    r"(?i)\binsert\s{1,4}into\s{1,4}[\w.\"`\[\]]{1,128}\s{0,4}\(([^()]{1,2000})\)\s{0,8}values\s{0,8}"
)
_ROW = re.compile(r"\s{0,8},?\s{0,8}\(((?:[^()']|'(?:[^']|'')*+')*+)\)")
"""Nothing is tried twice: quotes after quotes could be read in very many ways."""
_CELLS = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^,']*))\s*(?:,|$)")
_VALUED = re.compile(r"<([A-Za-z]\w{0,40})\svalue=\"([^\"<>]{1,200})\"")
_ASSERTED = re.compile(
    r"\bName=\"([^\"<>]{1,160})\"[^<>]{0,200}>\s{0,8}<[\w:]{0,20}AttributeValue(?:\s[^<>]{0,200})?>([^<>]{1,400})</"
)
"""An attribute of SAML."""
_PARTS_OF_NAMES = {"given": Kind.NAME, "family": Kind.NAME}
"""Elements of FHIR, that mean something else as words."""
_HTML_CELL = re.compile(r"<t([hd])(?:\s[^<>]{0,80})?>\s{0,8}([^<>]{0,200})</t[hd]>")
_COPY = re.compile(
    r"(?i)\bcopy\s{1,4}[\w.\"]{1,128}\s{0,4}\(([^()]{1,2000})\)\s{1,4}from\s{1,4}stdin"
    r"[^\n]{0,80};[ \r]{0,2}\n"
)
_LIST_OF_VALUES = re.compile(r"(?m)^Key {1,64}Value[ \r]{0,4}\n-{2,5} {1,64}-{2,5}[ \r]{0,4}\n")
_UNDER_IT = re.compile(r"([\w.-]{1,64}) {2,64}(\S[^\n]{0,4096})\n?")
"""A key and a value, as Vault prints them."""
_OF_KUBERNETES = re.compile(r"(?m)^[ \t-]{0,16}kind:[ \t]{0,4}[\"']?Secret[\"']?[ \t]*$")
_SECTION = re.compile(r"(?m)^([ \t-]{0,16})(?:data|stringData):[ \t]*\n")
_LINE = re.compile(r"([ \t]*)(?:[\w.-]{1,253}:[ \t]{0,4})?(.*)")
_BLOCK = frozenset({"", "|", ">", "|-", ">-", "|+", "{}"})


def marked(text: str, *, is_about_a_person: bool) -> list[Span]:
    """Findings that the name of an element, an attribute, a column or a Secret gives away."""
    found: list[Span] = []
    if "</" in text:
        found += _named(_ELEMENT, text, is_about_a_person=is_about_a_person)
        found += _named(_CELL, text, is_about_a_person=True)
    if "value" in text or "Value" in text or "content" in text:
        found += _named(_ATTRIBUTE, text, is_about_a_person=is_about_a_person)
        found += _named(_LISTED, text, is_about_a_person=is_about_a_person)
    if "AttributeValue" in text:
        found += _named(_ASSERTED, text, is_about_a_person=True)
    if "variable" in text:
        found += _named(_VARIABLE, text, is_about_a_person=is_about_a_person)
    return found + _of_rows(text, is_about_a_person=is_about_a_person)


def _of_rows(text: str, *, is_about_a_person: bool) -> list[Span]:
    found: list[Span] = []
    if "<th" in text or "</td>" in text:
        found += _html_rows(text, is_about_a_person=is_about_a_person)
    if ' value="' in text:
        found += _valued(text)
    if "Key " in text and "Value" in text:
        for listed in _LIST_OF_VALUES.finditer(text):
            found += _listed_under(text, listed.end())
    return found + _of_statements(text)


def _of_statements(text: str) -> list[Span]:
    found: list[Span] = []
    plain = text.lower()  # the patterns go through every letter of a text; most have no such word
    if "stdin" in plain:
        for copied in _COPY.finditer(text):
            found += _copied(text, copied)
    if "insert" in plain:
        for insert in _INSERT.finditer(text):
            found += _inserted(text, insert)
    if "Secret" in text and _OF_KUBERNETES.search(text) is not None:
        found += _of_secrets(text)
    return found


def _named(pattern: re.Pattern[str], text: str, *, is_about_a_person: bool) -> list[Span]:
    found: list[Span] = []
    for match in pattern.finditer(text):
        field = field_kind(match[1].rpartition(":")[2])
        if field is None:
            continue
        value = match[2].rstrip()
        person = is_about_a_person or field in PERSONAL_FIELDS
        kind = value_kind(field, value, is_about_a_person=person)
        if kind is not None:
            start = match.start(2) + len(value) - len(value.lstrip())
            found.append(Span(start, match.start(2) + len(value), kind))
    return found


def _inserted(text: str, insert: re.Match[str]) -> list[Span]:
    fields = [field_kind(column.strip(' \t\n"`[]')) for column in insert[1].split(",")]
    if not any(fields):
        return []
    person = not PERSONAL_FIELDS.isdisjoint(fields)
    found: list[Span] = []
    at = insert.end()
    while (row := _ROW.match(text, at)) is not None:
        at = row.end()
        for field, cell in zip(fields, _CELLS.finditer(row[1]), strict=False):
            group = 1 if cell[1] is not None else 2
            value = cell[group]
            kind = value_kind(field, value, is_about_a_person=person) if field and value else None
            if kind is not None:
                start = row.start(1) + cell.start(group)
                found.append(Span(start, start + len(value), kind))
    return found


def _valued(text: str) -> list[Span]:
    """Elements with their value in an attribute: `<birthDate value="1948-12-02"/>`."""
    found: list[Span] = []
    for match in _VALUED.finditer(text):
        field = _PARTS_OF_NAMES.get(match[1]) or field_kind(match[1])
        kind = value_kind(field, match[2], is_about_a_person=True) if field is not None else None
        if kind is not None:
            found.append(Span(match.start(2), match.end(2), kind))
    return found


def _html_rows(text: str, *, is_about_a_person: bool) -> list[Span]:
    """Cells of tables of a page, by the title of their column; without titles, names beside findings."""
    found: list[Span] = []
    fields: list[str | None] = []
    at = 0
    for row in text.split("<tr"):
        cells = [(at + cell.start(2), cell[1], cell[2]) for cell in _HTML_CELL.finditer(row)]
        at += len(row) + len("<tr")
        if len(cells) > 1 and all(sort == "h" for _, sort, _ in cells):
            fields = [field_kind(value.strip()) for _, _, value in cells]
            continue
        telling = fields if len(fields) == len(cells) else [None] * len(cells)
        person = is_about_a_person or not PERSONAL_FIELDS.isdisjoint(telling)
        for (start, _, value), field in zip(cells, telling, strict=True):
            kind = _of_cell(value.strip(), field, is_about_a_person=person, count=len(cells))
            if kind is not None:
                found.append(Span(start, start + len(value.rstrip()), kind))
    return found


def _of_cell(value: str, field: str | None, *, is_about_a_person: bool, count: int) -> str | None:
    if field is not None:
        return value_kind(field, value, is_about_a_person=is_about_a_person)
    is_name = is_about_a_person and count >= _ROW_OF_PEOPLE and looks_like_name(value)
    return Kind.NAME if is_name else None


_ROW_OF_PEOPLE = 3
"""Cells of a row that says what it is by itself: two are a title and a value."""


def _copied(text: str, copied: re.Match[str]) -> list[Span]:
    """Rows of a dump of PostgreSQL, up to the line that ends them."""
    fields = [field_kind(column.strip(' \t\n"')) for column in copied[1].split(",")]
    person = not PERSONAL_FIELDS.isdisjoint(fields)
    found: list[Span] = []
    at = copied.end() if any(fields) else len(text)
    while at < len(text) and not text.startswith("\\.", at):
        end = text.find("\n", at)
        end = len(text) if end == -1 else end
        for field, value in zip(fields, text[at:end].split("\t"), strict=False):
            kind = value_kind(field, value, is_about_a_person=person) if field and value else None
            if kind is not None:
                found.append(Span(at, at + len(value), kind))
            at += len(value) + 1
        at = end + 1
    return found


def _listed_under(text: str, at: int) -> list[Span]:
    found: list[Span] = []
    while (line := _UNDER_IT.match(text, at)) is not None:
        at = line.end()
        field, value = field_kind(line[1]), line[2].rstrip()
        kind = value_kind(field, value, is_about_a_person=False) if field is not None else None
        if kind is not None:
            found.append(Span(line.start(2), line.start(2) + len(value), kind))
    return found


def _of_secrets(text: str) -> list[Span]:
    """Every value of the sections of a text that names a Secret, those of other objects in it too."""
    found: list[Span] = []
    at = 0
    for section in _SECTION.finditer(text):
        if section.start() < at:
            continue  # in the one before it
        depth = len(section[1])
        at = section.end()
        while at < len(text):
            end = text.find("\n", at)
            end = len(text) if end == -1 else end
            line = _LINE.match(text, at, end)
            if line is None or (line.end(1) < end and len(line[1]) <= depth):
                break
            value = line[2].strip().strip("\"'")
            if value not in _BLOCK:
                start = text.index(value, line.start(2))
                found.append(Span(start, start + len(value), Kind.SECRET))
            at = end + 1
    return found
