"""What is masked and how, as settings say it; and what was found. Holds no value that was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

TEXT_BYTES = 16 * 1024 * 1024
"""As long as the longest answer that is taken unless the settings say otherwise."""


class Action(StrEnum):
    """What becomes of a finding."""

    TOKEN = auto()
    """A keyed token: the same value gives the same token."""
    REVERSIBLE = "reversible"
    """A token that a tool named in the settings gets back in clear."""
    PARTIAL = "partial"
    """All but the last few characters is hidden."""
    HASH = "hash"
    """A keyed digest, longer than a token, for joining by machine."""
    DROP = "drop"
    """The value is taken out; what is around it stays."""
    WITHHOLD = "withhold"
    """The whole field goes, not only the finding."""
    NOTE = "note"
    """Delivered as it is; recorded, and in the exposure index."""
    OFF = "off"
    """Not looked for."""


class Kind(StrEnum):
    """What a finding is. Custom detectors add kinds of their own."""

    # Credentials
    CLOUD_KEY = "cloud_key"
    VENDOR_TOKEN = auto()
    JWT = "jwt"
    PRIVATE_KEY = "private_key"
    CONNECTION_STRING = "connection_string"
    PASSWORD = auto()
    SECRET = auto()
    # Personal
    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    BANK_ACCOUNT = auto()
    NATIONAL_ID = "national_id"
    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    PASSPORT = "passport"
    LICENCE = "licence"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"


CREDENTIALS = frozenset(
    {
        Kind.CLOUD_KEY,
        Kind.VENDOR_TOKEN,
        Kind.JWT,
        Kind.PRIVATE_KEY,
        Kind.CONNECTION_STRING,
        Kind.PASSWORD,
        Kind.SECRET,
    }
)
"""Kinds whose reappearance is never useful to an agent."""

OPERATIONAL = frozenset({Kind.IP_ADDRESS, Kind.MAC_ADDRESS})
"""Kinds that operations text is made of. Off unless the settings turn them on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomDetector:
    """A detector of the operator's own: by pattern, by field name, or by place."""

    kind: str
    """Upper-cased, it begins the token."""
    pattern: str = ""
    """RE2 syntax. With a group, the first group is the finding."""
    fields: tuple[str, ...] = ()
    """Names of fields whose whole value is a finding; case and separators do not matter."""
    paths: tuple[str, ...] = ()
    """`$.a.b[*].c`: places in structured content, or in JSON text, whose whole value is a finding."""
    sample: str = ""
    """A text in which the pattern must find something, or the gateway does not start."""
    action: Action = Action.TOKEN
    source: str = ""
    """`file:line`, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskProfile:
    """What is masked in the messages of one upstream."""

    name: str
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    """By kind. What is not named: token, or off where the kind is operational."""
    custom: tuple[CustomDetector, ...] = ()
    reveal_to: tuple[str, ...] = ()
    """Tools, as patterns with `*` and `?`, that get reversible tokens back in clear."""
    text_bytes: int = TEXT_BYTES
    """A larger text is withheld. Stops a text that costs more to look through than it is worth."""
    findings: int = 20_000
    """More in one message: it is withheld. Stops an answer that is nothing but matches."""

    def action(self, kind: str) -> Action:
        """What becomes of a finding of this kind."""
        found = self.actions.get(kind)
        if found is not None:
            return found
        return Action.OFF if kind in OPERATIONAL else Action.TOKEN
