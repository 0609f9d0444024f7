"""Maskers for tests: compiled once for each profile, with keys that never change."""

from functools import lru_cache

from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.message import MessageMask
from firedoor.core.mask.tokens.maker import TokenMaker, derived
from firedoor.edges.keys.mask_keys import AesSiv
from firedoor.model.mask import Action, CustomDetector, MaskProfile

KEYS = (derived(b"k" * 32, 0, AesSiv),)
TOKENS = TokenMaker(KEYS)
CUSTOM = (
    CustomDetector(kind="staff_id", pattern=r"\bE-[0-9]{6}\b", sample="E-123456"),
    CustomDetector(kind="remark", fields=("Internal Note",), action=Action.WITHHOLD),
    CustomDetector(kind="place", paths=("$.rows[*].where",)),
)


@lru_cache(maxsize=8)
def masker(name: str = "on") -> Masker:
    """A masker by the name of its profile."""
    return Masker(PROFILES[name], TOKENS)


@lru_cache(maxsize=8)
def message_mask(name: str = "on") -> MessageMask:
    return MessageMask(masker(name))


PROFILES = {
    "on": MaskProfile(name="on"),
    "custom": MaskProfile(name="custom", custom=CUSTOM, actions={"name": Action.OFF, "card": Action.NOTE}),
    "reversible": MaskProfile(
        name="reversible",
        actions={
            "email": Action.REVERSIBLE,
            "phone": Action.PARTIAL,
            "card": Action.HASH,
            "iban": Action.DROP,
        },
        reveal_to=("send_*",),
    ),
    "strict": MaskProfile(name="strict", actions={"email": Action.WITHHOLD, "ip_address": Action.TOKEN}),
    "small": MaskProfile(name="small", text_bytes=200, findings=3),
}
