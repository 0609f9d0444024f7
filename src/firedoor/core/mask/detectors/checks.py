"""What confirms a candidate: checksums and shapes. Each takes the text of the candidate alone."""

import math
import re
from collections.abc import Callable
from typing import Protocol

_IBAN = range(15, 35)
"""Characters; ISO 13616."""
_INTERNATIONAL = range(8, 16)
"""Digits; ITU-T E.164."""
_WITH_EXTENSION = range(6, 19)
"""Digits of a number that may be local, or have an extension."""
_DOCUMENT = range(6, 21)
_IDENTIFIER = range(5, 21)
"""Characters of the shortest and longest in use."""
_LETTERS_MAY = 2
"""Digits that words may have too: `covid19`."""
_PASSWORD = 3
_KEY = 20
"""Characters of the shortest that is a credential, and of the shortest key of a vendor."""
_AS_DIGITS = {ord(char): str(int(char, 36)) for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
"""Letters count from ten; ISO/IEC 7064."""
_BUT_DIGITS = bytes(sorted(set(range(256)) - set(b"0123456789")))
_BUT_ALNUM = bytes(
    sorted(set(range(256)) - set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
)


class HasValidity(Protocol):
    """A module of python-stdnum."""

    def is_valid(self, number: str) -> bool:
        """Whether the number, in any usual spelling, has the right form and checksum."""
        ...


def digits_of(text: str) -> str:
    """Only its digits."""
    # As bytes: a check runs for every candidate, and a pattern takes twice as long to take them out.
    return text.encode(errors="ignore").translate(None, _BUT_DIGITS).decode()


def letters_and_digits(text: str) -> str:
    """Only its letters and digits."""
    return text.encode(errors="ignore").translate(None, _BUT_ALNUM).decode()


def has_luhn(digits: str) -> bool:
    """Whether the check digit of ISO/IEC 7812 is right."""
    written = digits.encode()
    total = sum(written[-1::-2]) + sum(written[-2::-2].translate(_DOUBLED)) - len(written) * _ZERO
    return total % 10 == 0 and bool(digits.strip("0"))


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""Each digit as the sum of the digits of its double."""
_ZERO = ord("0")
_ISSUERS = re.compile(
    r"(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|220[0-4]\d{12,15}|9792\d{12}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14}"
    r"|(?:50|5[6-9]|6\d)\d{10,17})"
)
"""Lengths and first digits of the large networks. Source: their public ranges."""


def is_card(text: str) -> bool:
    """A payment card number of a known network, with its check digit."""
    digits = digits_of(text)
    return has_luhn(digits) and _ISSUERS.fullmatch(digits) is not None and digits.strip(digits[0]) != ""


def is_iban(text: str) -> bool:
    """An IBAN by length and modulus 97. The table of country formats is not asked: it changes."""
    compact = letters_and_digits(text).upper()
    if len(compact) not in _IBAN:
        return False
    turned = compact[4:] + compact[:4]
    return int(turned.translate(_AS_DIGITS)) % 97 == 1


_ACCOUNT = re.compile(
    r"(?:[A-Z]{1,2}[ -]?)?\d(?:[ ./-]{0,3}\d){4,31}(?:[ ./-]{0,3}[A-Z])?|[A-Z]{4}0[A-Z0-9]{6}"
)


def is_bank_account(text: str) -> bool:
    """What may stand after a word for an account or a bank: digits, as banks group them; or an IBAN."""
    value = text.strip()
    return is_iban(value) or (_ACCOUNT.fullmatch(value) is not None and _DATE.fullmatch(value) is None)


def is_routing_number(text: str) -> bool:
    """A number of the American Bankers Association: in a range in use, and with its check digit."""
    digits = digits_of(text)
    if len(digits) != _ROUTING or int(digits[:2]) not in _DISTRICTS:
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True))
    return weighted % 10 == 0


_ROUTING = 9
_DISTRICTS = frozenset({*range(1, 13), *range(21, 33), *range(61, 73), 80})


def one_of(*modules: HasValidity) -> Callable[[str], bool]:
    """Confirm what one of these formats accepts."""

    def is_one(text: str) -> bool:
        return any(module.is_valid(text) for module in modules)

    return is_one


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    size = len(text)
    if not size:
        return 0.0
    weights = _WEIGHTS if size < len(_WEIGHTS) else tuple(map(_weight, range(size + 1)))
    return math.log2(size) - sum(map(weights.__getitem__, map(text.count, set(text)))) / size


def _weight(count: int) -> float:
    return count * math.log2(count) if count else 0.0


_WEIGHTS = tuple(map(_weight, range(513)))
"""Worked out once: this runs for every value that may be a key, and a logarithm takes as long as counting."""
_PLACEHOLDER = re.compile(
    r"(?i)\$\{.*\}|\$\w+|<[^>]*>?|\(\w*|test[a-z]*[a-z_]*password\w*|\{\{.*\}\}|\[[^\]]*\]|%\w+%|[*x.•#-]{3,}|(?:null|none|nil|true"
    r"|false|undefined|yes|no"
    r"|required|optional|missing|invalid|expired|redacted|hidden|masked|changeme_?here|string|str"
    r"|empty|unset|set"
    r"|n/?a|is|was|for|and|the|to|in|or|not|reset|changed|updated|rotated|incorrect|wrong|policy|prompt|field"
    r"|authentication|auth|file|md5|scram-sha-256|trust|ok|failed|failure|success|error|enabled"
    r"|disabled|via|using|with|!vault|\$\{\{|await"
    r"|define\(\s?[\"']?\w*[\"']?,?|[)\]]+[;,]?\n[\s\S]*)[.,;:]?"
)


def is_placeholder(text: str) -> bool:
    """Says that a value stood here, or that none does; is none."""
    return not text.strip() or _PLACEHOLDER.fullmatch(text.strip()) is not None


def is_password(text: str) -> bool:
    """What may stand after the word password and be one."""
    value = text.strip()
    if len(value) < _PASSWORD or is_placeholder(value):
        return False
    return _CODE.fullmatch(value) is None and _VERSION.fullmatch(value) is None


_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,2}")


_CODE = re.compile(
    r"[A-Za-z_][\w.]*(?:\[[\"']?\w*[\"']?\]?|\.[a-z]\w*\([\"']?\w*[\"']?\)?,?)"
    r"|(?:[a-z_]\w*\.)+[a-z_]*(?:password|passwd|pwd|secret|token|passphrase)"
    r"|(?:[a-z_]\w*\.)+[A-Z_]*(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|PASSPHRASE|KEY)"
)
"""An expression that yields it: `os.environ["DB_PASSWORD"]`, `settings.db_password`, `conf.SECRET_KEY`."""


_SECRET_SHAPE = re.compile(r"[A-Za-z0-9_\-./+=:~!@#$%^&*]{8,4096}")
_WORDS = re.compile(r"[a-z]+(?:[-_./][a-z]+)*|[A-Z]+(?:[-_./][A-Z]+)*")
_DIGIT = re.compile(r"[0-9]")
_MIN_BITS = 2.8


def is_secret(text: str) -> bool:
    """A value that looks made by a machine: what a key or token is, and a name or a sentence is not."""
    value = text.strip()
    if _SECRET_SHAPE.fullmatch(value) is None or is_placeholder(value) or _WORDS.fullmatch(value):
        return False
    if "." in value and _CODE.fullmatch(value) is not None:
        return False
    kinds = (
        _DIGIT.search(value) is not None,
        value != value.upper(),
        value != value.lower(),
    )
    return sum(kinds) > 1 and entropy(value) >= _MIN_BITS


def is_key_material(text: str) -> bool:
    """Nothing but a key: long, letters and digits mixed as chance does, no path, no id of a thing."""
    value = text.strip()
    if _MATERIAL.fullmatch(value) is None or _UUID.fullmatch(value) is not None:
        return False
    digits = len(_DIGIT.findall(value))
    return digits >= _MIXED and len(value) - digits >= _MIXED and entropy(value) >= _MUCH


_MATERIAL = re.compile(r"[A-Za-z0-9+/_-]{24,512}={0,2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MIXED = 4
_MUCH = 3.2


def is_long_secret(text: str) -> bool:
    """As `is_secret`, and as long as a key is."""
    return len(text) >= _KEY and is_secret(text)


def is_ssn(text: str) -> bool:
    """A United States social security or taxpayer number that can have been issued."""
    digits = digits_of(text)
    area = digits[:3]
    return area not in {"000", "666"} and digits[3:5] != "00" and digits[5:] != "0000"


def is_date(text: str) -> bool:
    """Something that can be a day."""
    return _DATE.fullmatch(text.strip()) is not None


_MONTH = r"[A-Za-zÀ-ÿżźćńółęąśŻŹĆĄŚĘŁÓŃ]{3,12}\.?"
_DATE = re.compile(
    r"(?:19|20)\d\d([-/.]?)(?:0?[1-9]|1[0-2])\1(?:[0-2]?\d|3[01])(?:[T ]\d\d:\d\d.*)?"
    r"|(?:[0-2]?\d|3[01])[-/. ]{1,2}(?:0?[1-9]|1[0-2])[-/. ]{1,2}(?:\d\d){1,2}"
    r"|(?:0?[1-9]|1[0-2])[-/.](?:[0-2]?\d|3[01])[-/.](?:\d\d){1,2}"
    rf"|(?:[0-2]?\d|3[01])(?:st|nd|rd|th|\.|er|º)?[ -](?:de )?{_MONTH},?[ -](?:de )?(?:19|20)\d\d"
    rf"|{_MONTH} (?:[0-2]?\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|(?:19|20)\d\d(?:年|년) ?(?:0?[1-9]|1[0-2])(?:月|월) ?(?:[0-2]?\d|3[01])(?:日|일)"
)


def is_phone(text: str) -> bool:
    """As many digits as a telephone number has, and no more than one of what stands between them."""
    count = len(digits_of(text))
    return count in _WITH_EXTENSION and _PHONE.fullmatch(text.strip()) is not None


_PHONE = re.compile(
    r"(?:tel:)?(?:\+|00)?[(]?\d[\d()./ \u00a0-]{4,24}(?: ?(?:x|ext\.?|#) ?\d{1,6})?", re.IGNORECASE
)


def is_international_phone(text: str) -> bool:
    """A number after a plus sign with a country code and a length that exist."""
    digits = digits_of(text.partition("x")[0])
    return len(digits) in _INTERNATIONAL and digits[0] != "0"


def is_document(text: str) -> bool:
    """What may stand after a word for a passport or a licence: letters and digits, at least one of these."""
    compact = letters_and_digits(text)
    return len(compact) in _DOCUMENT and any(c.isdigit() for c in compact)


def is_identifier(text: str) -> bool:
    """What may stand after a word for a national number, passport or licence."""
    compact = letters_and_digits(text)
    return len(compact) in _IDENTIFIER and sum(c.isdigit() for c in compact) > _LETTERS_MAY
