"""What a member of an object holds, where the members beside it or the object around it say so.

`{"nom": "Curie", "prenom": "Marie"}`, `{"passport": {"number": "C01X00T47"}}`, a private JWK.
"""

from firedoor.core.mask.structure.field_names import CERTAIN, LIKELY_NAME
from firedoor.core.mask.structure.fields import PERSONAL_FIELDS, field_kind, squeezed
from firedoor.model.mask import Kind

_HALVES = {
    "nom": {"prenom", "prénom", "prenoms"},
    "nome": {"cognome", "sobrenome", "apelido", "apelidos"},
    "nombre": {"apellido", "apellidos"},
    "naam": {"voornaam", "achternaam"},
    "name": {"vorname", "voornaam", "surname", "firstname", "first_name", "imie", "imię"},
    "family": {"given"},
    "given": {"family", "surname"},
    "first": {"last"},
    "last": {"first"},
    "sn": {"cn", "givenName", "uid"},
    "cn": {"sn", "givenName"},
}
"""Names of members that are of a person only beside the other half of the name."""
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})
"""Members of a JWK that are no part of the public key; RFC 7518, section 6."""
_PARTS = frozenset(
    {"number", "no", "nr", "num", "first", "last", "middle", "given", "family", "full", "street"}
    | {"line1", "line2", "plain", "raw"}
    | {"licence_no", "license_no", "licenceno", "licenseno", "licence_number", "license_number"}
    | {"licencenumber", "licensenumber", "licence", "license"}
)
"""Names that say nothing without the one of the object around them."""
_CONTENT = frozenset(
    {"value", "Value", "S", "stringValue", "new", "old", "before", "after", "v", "VarCharValue"}
)
"""Names of what a member or a cell is, under its name: of a change, of databases and their drivers."""


_PEOPLE = frozenset(
    {
        "assignee",
        "reporter",
        "requester",
        "requestedby",
        "caller",
        "callerid",
        "author",
        "creator",
        "customer",
    }
    | {"patient", "employee", "contact", "sender", "recipient", "passenger", "guest", "driver", "holder"}
    | {"createdby", "updatedby", "lastmodifiedby", "approvedby", "assignedto", "user", "oncall", "reviewer"}
    | {"insured", "beneficiary", "cardholder", "subscriber", "applicant", "approver", "commenter"}
)
"""Names of objects that are people."""


def is_of_a_person(parent: str) -> bool:
    """Whether an object of this name is a person, so that its `displayName` is one's."""
    return squeezed(parent) in _PEOPLE


def kind_among(name: str, names: tuple[str, ...], parent: str) -> str | None:
    """The kind of a member of this name, beside others of these, in an object under `parent`."""
    kind = field_kind(name)
    if kind is not None and kind != LIKELY_NAME:
        return kind
    low = name.lower()
    if (halves := _HALVES.get(low)) is not None and not halves.isdisjoint(names):
        return Kind.NAME
    if low in _PRIVATE and "kty" in names:
        return CERTAIN
    return _of_parent(name, low, parent) or kind if parent else kind


def _of_parent(name: str, low: str, parent: str) -> str | None:
    if name in _CONTENT:
        return field_kind(parent)
    if low not in _PARTS:
        return None
    both = (field_kind(f"{low} {parent}"), field_kind(f"{parent} {low}"))
    return next((one for one in both if one in PERSONAL_FIELDS and one != LIKELY_NAME), None)
