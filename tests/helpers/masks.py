"""Maskers for tests: compiled once for each profile, with keys that never change."""

import json
from functools import lru_cache

from firedoor.core.mask.masker import Masker
from firedoor.core.mask.messages.message import MessageMask
from firedoor.core.mask.tokens.maker import TokenMaker, derived
from firedoor.edges.keys.mask_keys import AesSiv
from firedoor.model.era import Era
from firedoor.model.mask import Action, CustomDetector, MaskProfile
from firedoor.model.message import Message, MessageKind

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


AROUND = ("{}", "using {} for push", '{{"seen":"{}"}}', "|{}|", "<i>{}</i>")
"""What a token may stand in. Nothing of it is changed."""


def is_all_that_is_masked(sample: str, around: str) -> bool:
    """Whether a sample is found in a text, and nothing else is changed."""
    masked = masker("on").text(around.format(sample)).text
    before, after = around.format("\0").split("\0")
    return sample[-12:] not in masked and masked.startswith(before) and masked.endswith(after)


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


def call(tool: str, arguments: dict[str, object], method: str = "tools/call") -> Message:
    params = {"name": tool, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    return Message(
        kind=MessageKind.REQUEST, era=Era.LEGACY, body=body, revision="x", id=1, method=method, name=tool
    )
