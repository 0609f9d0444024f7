import pytest

from firedoor.core.mask.structure.field_names import CERTAIN, LIKELY_NAME
from firedoor.core.mask.structure.kin import kind_among
from firedoor.model.mask import Kind
from tests.helpers.masks import masker


@pytest.mark.parametrize(
    ("name", "names", "parent", "kind"),
    [
        ("nom", ("prenom", "nom"), "", Kind.NAME),
        ("nom", ("id", "nom"), "", LIKELY_NAME),
        ("family", ("family", "given"), "", Kind.NAME),
        ("family", ("family", "cpu"), "", None),
        ("d", ("kty", "d", "x"), "", CERTAIN),
        ("d", ("d", "x"), "", None),
        ("number", ("number",), "passport", Kind.PASSPORT),
        ("number", ("number",), "build", None),
        ("first", ("first",), "name", Kind.NAME),
        ("value", ("value", "type"), "db_password", Kind.PASSWORD),
        ("value", ("value", "type"), "replicas", None),
        ("S", ("S",), "dbPassword", Kind.PASSWORD),
        ("stringValue", ("stringValue",), "birthDate", Kind.BIRTH_DATE),
        ("old", ("new", "old"), "password", Kind.PASSWORD),
        ("S", ("S",), "env", None),
        ("given", ("surname", "given"), "resident", Kind.NAME),
        ("size", ("size",), "passport", None),
    ],
)
def test_members_and_the_object_around_say_what_a_name_alone_does_not(
    name: str, names: tuple[str, ...], parent: str, kind: str | None
) -> None:
    assert kind_among(name, names, parent) == kind


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ('{"patient":{"given":["Maren"],"family":"Thorvaldsen"}}', ["Maren", "Thorvaldsen"]),
        ('{"outputs":{"db_password":{"value":"tf0utP4","type":"string"}}}', ["tf0utP4"]),
        ('{"kind":"Secret","data":{"api":"c3ZjOnB3","url":"eA=="}}', ["c3ZjOnB3", "eA=="]),
        ('{"kind":"List","items":[{"kind":"Secret","data":{"k":"c3ZjOnB3"}}]}', ["c3ZjOnB3"]),
        ('{"kty":"oct","k":"Gun1xlKEPxvqgFXqVcU9","alg":"HS256"}', ["Gun1xlKEPxvqgFXqVcU9"]),
        ('{"bankAccount":{"holder":"Ivy Marsh","number":"12345670"}}', ["Ivy Marsh", "12345670"]),
        ('{"kind":"ConfigMap","data":{"mode":"fast"}}', []),
    ],
)
def test_what_the_document_says_around_a_value_masks_it(document: str, values: list[str]) -> None:
    found = masker().text(document).found
    assert [document[one.start : one.end] for one in found] == values
