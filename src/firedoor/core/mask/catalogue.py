"""All detectors that there are, the ones a profile turns on, and the proof that each of them fires."""

from collections.abc import Sequence
from dataclasses import dataclass

from firedoor.core.mask.detectors.accounts import ACCOUNTS
from firedoor.core.mask.detectors.commands import COMMANDS
from firedoor.core.mask.detectors.documents import DOCUMENTS
from firedoor.core.mask.detectors.encoded import ENCODED_SECRETS
from firedoor.core.mask.detectors.identities import IDENTITIES
from firedoor.core.mask.detectors.letters import LETTERS
from firedoor.core.mask.detectors.pasted import PASTED
from firedoor.core.mask.detectors.personal import NETWORK, PERSONAL
from firedoor.core.mask.detectors.prefixed import PREFIXED
from firedoor.core.mask.detectors.rule import Rule
from firedoor.core.mask.detectors.scanner import Kept, Scanner
from firedoor.core.mask.detectors.secrets import SECRETS
from firedoor.core.mask.detectors.told import TOLD
from firedoor.core.mask.detectors.vendors import VENDORS
from firedoor.core.mask.structure.field_names import FIELD_WORDS
from firedoor.model.errors import SettingsError
from firedoor.model.mask import Action, MaskProfile

RULES = (
    SECRETS
    + VENDORS
    + PREFIXED
    + PASTED
    + COMMANDS
    + TOLD
    + ENCODED_SECRETS
    + ACCOUNTS
    + PERSONAL
    + LETTERS
    + DOCUMENTS
    + IDENTITIES
    + NETWORK
)
STRUCTURE = "structure?"
"""Not a kind: the sign that a text has a word that names a field, where structure can say more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectors:
    """What a profile looks for."""

    scanner: Scanner
    rules: tuple[Rule, ...]
    structure: int
    """The number of the rule that says that a text names a field."""


def detectors(profile: MaskProfile, kept: Kept | None = None) -> Detectors:
    """Compile what a profile turns on, or read it back, and prove each of them on its own sample.

    Raises:
        SettingsError: a pattern cannot be compiled, or does not find its sample.
    """
    rules = tuple(rule for rule in RULES if profile.action(rule.kind) is not Action.OFF) + tuple(
        Rule(name=f"custom {own.kind}", kind=own.kind, pattern=own.pattern, sample=own.sample)
        for own in profile.custom
        if own.pattern and own.action is not Action.OFF
    )
    scanner = Scanner((*rules, _TRIGGER), kept)
    _prove(scanner, rules)
    return Detectors(scanner=scanner, rules=rules, structure=len(rules))


def _prove(scanner: Scanner, rules: Sequence[Rule]) -> None:
    """A detector that finds nothing in its own sample would be a hole that looks like a wall."""
    for number, rule in enumerate(rules):
        hits = set(scanner.hits(rule.sample.encode()))
        if number not in hits or not scanner.find(rule.sample, (number,)):
            raise SettingsError(
                "mask_detector_silent",
                f"The detector {rule.name} does not find its own sample.",
                "Correct its pattern or its sample: a detector that never fires protects nothing.",
            )


_SHORT = 4
"""Letters of words that mean nothing inside others."""


def _roots() -> tuple[str, ...]:
    """Words that the names of fields are made of; of two of which one is in the other, the shorter."""
    # A border of a word is one of ASCII: words of other scripts have none, and mean nothing inside others.
    short = {word for word in FIELD_WORDS if len(word) <= _SHORT and word.isascii()}
    stems = {word for word in FIELD_WORDS if word not in short} | _STEMS
    roots = sorted(word for word in stems if not any(other != word and other in word for other in stems))
    return (*roots, *(rf"\b{word}\b" for word in sorted(short)), *(rf"_{word}\b" for word in sorted(short)))


_STEMS = frozenset(
    [
        "mail",
        "phone",
        "mobil",
        "birth",
        "naiss",
        "nacim",
        "nascim",
        "nascit",
        "licen",
        "token",
        "secret",
        "secur",
        "credit",
        "name",
        "number",
        "address",
        "access",
        "nummer",
        "numero",
        "número",
        "driver",
        "auth",
        "bank",
        "conn",
        "_key",
        "-key",
        " key",
        "api",
        "kimlik",
        "zehut",
        "asmens",
        "ird ",
        "medical",
        "account",
        "acct",
        "konto",
        "routing",
        "sort code",
        "sort_code",
        "pass_no",
        "pw_",
        "totp",
    ]
)
"""Parts of names of several words, which separators tear apart."""
_ROOTS = _roots()
_TAIL = r"[\wÀ-ÿ.\- ]{0,24}[\\\"'`)*]{0,4} ?[=:|,;>\t\n]"
_STATEMENTS = (
    r"(?i:\binsert into )|\bvariable \"|</(?:t[hd]|d[td])>|(?i:\bfrom stdin)|\bKey {1,64}Value\b|\bvalue=\""
)
_TITLES = (
    r"(?i:\b(?:key|name|variable|setting|parameter) {2,64}value\b|(?:mail|phone|mobile|password|passwd|secret"
    r"|token|birth|dob|ssn|iban|passport|full[ _]?name|first[ _]?name|last[ _]?name) {2,64}[a-z])|\b1\) \""
)
"""Before lists of columns and blocks, in which the name of a field ends with something else, or blanks."""
_TRIGGER = Rule(
    name="structure",
    kind=STRUCTURE,
    pattern=rf"(?i:(?:{'|'.join(_ROOTS)}){_TAIL})|{_STATEMENTS}|{_TITLES}",
    hints=(*(f"(?i:{root})" for root in _ROOTS), _STATEMENTS, _TITLES),
    sample="email=x",
)
"""Not a detector: the names of fields, before what ends the name of a field."""
