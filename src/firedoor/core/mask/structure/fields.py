"""What the name of a field says of its value.

`customerEmail`, `date_of_birth`, `DB_PASSWORD`, `Telefonnummer`.
"""

import re
import unicodedata
from functools import lru_cache

from firedoor.core.mask.detectors.checks import (
    digits_of,
    is_bank_account,
    is_date,
    is_document,
    is_iban,
    is_identifier,
    is_key_material,
    is_password,
    is_phone,
    is_placeholder,
    is_secret,
    letters_and_digits,
)
from firedoor.core.mask.detectors.given_names import GIVEN_NAMES
from firedoor.core.mask.detectors.rule import Check
from firedoor.core.mask.structure.field_names import (
    CERTAIN,
    KNOWN,
    LIKELY_ADDRESS,
    LIKELY_KEY,
    LIKELY_NAME,
    MODIFIERS,
    NOT_SECRET,
    POSTAL_CODE,
    PRODUCTS,
    SOMEBODY,
)
from firedoor.model.mask import Kind

_SPLIT = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 64


@lru_cache(maxsize=8192)
def field_kind(name: str) -> str | None:
    """The kind of value that a field of this name holds, or None, whatever its case and separators."""
    if len(name) > _LONGEST:
        return None
    kind = _kind_of(name)
    if kind is None and not name.isascii():
        # `numéro fiscal`, `cédula`: people leave accents out, and the lists have each word once.
        kind = _kind_of(_ACCENTS.sub("", unicodedata.normalize("NFKD", name)))
    return kind


_ACCENTS = re.compile("[\u0300-\u036f]")


def _kind_of(name: str) -> str | None:
    words = [word.lower() for word in _SPLIT.findall(_CAMEL.sub("_", name)) if not word.isdigit()]
    if not words:
        return None
    whole = "".join(words)
    if (kind := KNOWN.get(whole)) is not None:
        return kind
    rest = [word for word in words if word not in MODIFIERS]
    if rest and rest != words and (kind := KNOWN.get("".join(rest))) is not None:
        return kind
    kind = _of_last_words(words)
    # An account of a cloud is of a company, and stands in every name of a resource.
    return None if kind == Kind.BANK_ACCOUNT and not _CLOUDS.isdisjoint(words) else kind


_CLOUDS = frozenset({"aws", "azure", "gcp", "google", "cloud"})


def _of_last_words(words: list[str]) -> str | None:
    """What the last words say, whatever stands before them."""
    if not NOT_SECRET.intersection(words[:-1]):
        for size in (1, 2, 3):
            tail = KNOWN.get("".join(words[-size:])) if size < len(words) else None
            if tail in {Kind.PASSWORD, Kind.SECRET, Kind.CONNECTION_STRING} and words[-1] not in {
                "pass",
                "auth",
                "pin",
            }:
                return tail
        return _of_tail(words) if len(words) > 1 and words[0] not in _ASKS else None
    return None


def _of_tail(words: list[str]) -> str | None:
    """What the last word says, or the last two."""
    if words[-1] in _DIGESTS:
        return Kind.SECRET if KNOWN.get(words[-2]) == Kind.PASSWORD else None
    return _TAILS.get(words[-1]) or _TAILS.get("".join(words[-2:]))


_DIGESTS = frozenset({"hash", "md5", "md", "sha", "sha1", "sha256", "digest", "bcrypt", "crypt"})
"""Of a password, as good as the password to whoever has the time."""


_TAILS: dict[str, str] = {
    "email": Kind.EMAIL, "phone": Kind.PHONE, "telephone": Kind.PHONE, "telefon": Kind.PHONE,
    "telefono": Kind.PHONE, "iban": Kind.IBAN, "ssn": Kind.NATIONAL_ID, "dob": Kind.BIRTH_DATE,
    "birthdate": Kind.BIRTH_DATE, "birthday": Kind.BIRTH_DATE, "passport": Kind.PASSPORT,
    "surname": Kind.NAME, "firstname": Kind.NAME, "lastname": Kind.NAME, "maidenname": Kind.NAME,
    "fullname": Kind.NAME, "givenname": Kind.NAME, "familyname": Kind.NAME, "middlename": Kind.NAME,
    "bankaccount": Kind.BANK_ACCOUNT, "postalcode": POSTAL_CODE,
    "postcode": POSTAL_CODE, "zipcode": POSTAL_CODE,
    "accountnumber": Kind.BANK_ACCOUNT, "sortcode": Kind.BANK_ACCOUNT,
    "routingnumber": Kind.BANK_ACCOUNT, "key": LIKELY_KEY, "seed": LIKELY_KEY,
}  # fmt: skip
"""Last words that say what a field holds, whatever stands before them: `gp_phone`."""
_ASKS = frozenset(
    {"is", "has", "can", "should", "send", "use", "allow", "enable", "num", "number", "total", "n"}
)


@lru_cache(maxsize=8192)
def squeezed(name: str) -> str:
    """A field name without case and separators: as the settings of a custom detector compare it."""
    return "".join(char for char in name.lower() if char.isalnum())


def is_folder(name: str, value: str) -> bool:
    """Whether it is where a process stands, as shells call it, and no password."""
    return name in _FOLDERS and value.startswith("/")


_FOLDERS = frozenset({"PWD", "OLDPWD"})
_POSTAL_CODE = 4
_ACCOUNT = 8
"""Characters of the shortest."""
_CARD = range(12, 20)
"""Digits; ISO/IEC 7812."""
_NAME = re.compile(r"[^\W\d_](?:\\u[0-9a-fA-F]{4}|[^\d_@/\\<>{}\[\]=:;|#*+]){1,79}")
_LOOKS_LIKE_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Herr"
    r"|Frau)\.? )?[A-ZÀ-ÞĄĆĘŁŃÓŚŹŻŠŽ][^\W\d_'\u2019.]*(?:['\u2019-][^\W\d_]+)*"
    r"(?:(?: |, ?)(?:[^\W\d_][\w'\u2019.-]*)){1,4}"
)
_NOT_AN_ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[^ ]*(?:@|://|::)[^ ]*|0x[0-9a-fA-F]+"
    r"|\[?[0-9a-fA-F:]+\]?:?\d*|[^ ]+:\d+|\d\.\d [^ ]+"
)
_POSTCODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{2,9}")


def looks_like_name(text: str) -> bool:
    """Two to five words with capitals, none of which is of a product or company."""
    text = text.strip()
    if _WITHOUT_CASE.fullmatch(text) is not None:
        return True
    return (
        text[:1].isupper()  # said by the pattern too; most names of things end here
        and _LOOKS_LIKE_NAME.fullmatch(text) is not None
        and any(word[:1].isupper() for word in re.split(r"[ ,]+", text)[1:])
        and not PRODUCTS.intersection(text.lower().replace(",", " ").split())
    )


_WITHOUT_CASE = re.compile(r"[\u0590-\u06ff\u0900-\u0e7f]{2,20}(?: [\u0590-\u06ff\u0900-\u0e7f]{2,20}){1,3}")
"""Names in scripts that have no capitals."""


def may_be_named(text: str) -> bool:
    """Whether a value may be the name of a person at all: most names are of things, and end here."""
    first = text.lstrip()[:1]
    return first.isupper() or first > _LAST_WITH_CASE


_LAST_WITH_CASE = "\u058f"


def begins_with_given_name(text: str) -> bool:
    """Whether the first word is a common given name."""
    return text.strip().split(" ", 1)[0].split("-", 1)[0] in GIVEN_NAMES


def _is_named(text: str) -> bool:
    return (_NAME.fullmatch(text.strip()) is not None and not text.islower()) or _is_lower_name(text)


def _is_lower_name(text: str) -> bool:
    return text.strip().isalpha() and text.strip().capitalize() in GIVEN_NAMES


def _is_address(text: str) -> bool:
    value = text.strip().partition(",")[0]
    return len(text.strip()) >= _POSTAL_CODE and _NOT_AN_ADDRESS.fullmatch(value) is None


def _is_likely_address(text: str) -> bool:
    has_both = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    return has_both and " " in text.strip() and _is_address(text)


def _is_card_like(text: str) -> bool:
    digits = digits_of(text)
    return len(digits) in _CARD and letters_and_digits(text) == digits


def _is_iban_like(text: str) -> bool:
    return is_iban(text) or (is_identifier(text) and len(letters_and_digits(text)) >= _ACCOUNT)


def _is_postcode(text: str) -> bool:
    return _POSTCODE.fullmatch(text.strip()) is not None and any(map(str.isdigit, text))


def _is_anything(text: str) -> bool:
    return bool(text.strip()) and not is_placeholder(text)


def _is_dsn(text: str) -> bool:
    return ("://" in text and "@" in text) or "password=" in text.lower() or "pwd=" in text.lower()


def _is_ip(text: str) -> bool:
    return (
        re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*", text.strip())
        is not None
    )


def _is_email(text: str) -> bool:
    return "@" in text and not text.startswith("@")


def _is_mac(text: str) -> bool:
    return _MAC.fullmatch(text.strip()) is not None


_MAC = re.compile(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}")
_CHECKS: dict[str, Check] = {
    Kind.EMAIL: _is_email,
    Kind.PHONE: is_phone,
    Kind.CARD: _is_card_like,
    Kind.IBAN: _is_iban_like,
    Kind.BANK_ACCOUNT: is_bank_account,
    Kind.NATIONAL_ID: is_identifier,
    Kind.NAME: _is_named,
    Kind.ADDRESS: _is_address,
    LIKELY_ADDRESS: _is_likely_address,
    POSTAL_CODE: _is_postcode,
    Kind.BIRTH_DATE: is_date,
    Kind.PASSPORT: is_document,
    Kind.LICENCE: is_document,
    Kind.PASSWORD: is_password,
    Kind.SECRET: is_secret,
    LIKELY_KEY: is_key_material,
    CERTAIN: _is_anything,
    Kind.CONNECTION_STRING: _is_dsn,
    Kind.IP_ADDRESS: _is_ip,
    Kind.MAC_ADDRESS: _is_mac,
}


def value_kind(field: str, value: str, *, is_about_a_person: bool) -> str | None:
    """The kind of a value under a field of kind `field`; None if it cannot be one.

    `is_about_a_person`: what stands beside it is personal, so that a `name` is a person's.
    """
    if field in _LIKELY_NAMES:
        is_certain = is_about_a_person or field == SOMEBODY
        is_one = looks_like_name(value) and (is_certain or begins_with_given_name(value))
        is_given = is_about_a_person and value.strip() in GIVEN_NAMES
        return Kind.NAME if is_one or is_given else None
    if not _CHECKS[field](value):
        return None
    if field == Kind.BANK_ACCOUNT and is_iban(value):
        return Kind.IBAN
    return _MEANT.get(field, field)


_LIKELY_NAMES = frozenset({LIKELY_NAME, SOMEBODY})
_MEANT: dict[str, str] = {
    LIKELY_ADDRESS: Kind.ADDRESS,
    POSTAL_CODE: Kind.ADDRESS,
    LIKELY_KEY: Kind.SECRET,
    CERTAIN: Kind.SECRET,
}
"""Of fields that are not kinds, the kind of what they hold."""
PERSONAL_FIELDS = frozenset(
    {
        Kind.EMAIL,
        Kind.PHONE,
        Kind.CARD,
        Kind.IBAN,
        Kind.BANK_ACCOUNT,
        Kind.NATIONAL_ID,
        Kind.NAME,
        Kind.ADDRESS,
        LIKELY_ADDRESS,
        Kind.BIRTH_DATE,
        Kind.PASSPORT,
        Kind.LICENCE,
    }
)
"""Fields beside which a `name` is a person's."""
