"""What a held call was about, read from the record: for approvers, after a restart.

The record is asked for what the client sent (its view), and that is masked as it was for the first look. What
is read must be what the approval covers: the keyed digest in the database says so, or nothing is shown. Where
the gateway cannot read what it recorded, it says why. Never asks for what another gateway has recorded.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from firedoor.core.accept.strict_json import parse
from firedoor.core.decide.call_digest import call_digest
from firedoor.core.mask.messages.message import Seen
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import BOTH_LAYERS, VIEW_ONLY, RecordedEntry, read_session
from firedoor.engine.people.shown import shown_of
from firedoor.model.approval import Approval, Shown
from firedoor.model.custody import Custody
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import Message, MessageKind
from firedoor.model.upstream import Upstream

Mask = Callable[[tuple[str, ...], bytes], Awaitable[Seen]]
"""Masks a message by these profiles."""
_DEPTH = 128
SEALED = (
    "The record is sealed: this gateway cannot read what it has recorded. The client must repeat the call."
)
ELSEWHERE = "It was asked for at another gateway, whose record is not here. Decide there."
UNLIKE = "What is recorded is not what the approval covers. The client must repeat the call."
LARGE = "It is too large to be shown."


@dataclass(slots=True, kw_only=True)
class Recalling:
    """Reads what approvals are about."""

    data_dir: Path
    ring: KeyRing
    custody: Custody
    upstreams: Mapping[str, Upstream]
    mask: Mask
    key: bytes = field(repr=False)
    """Of the digests of approvals."""

    async def recall(self, approval: Approval) -> Shown | str:
        """What an approval is about; or why that cannot be said."""
        try:
            intent = await asyncio.to_thread(self._intent, approval)
        except RecordError as fault:
            return SEALED if fault.code.endswith("_sealed") else ELSEWHERE
        except IntegrityError:
            return "The record does not verify: firedoor verify"
        upstream = self.upstreams.get(approval.whom.upstream)
        if intent is None or upstream is None:
            return ELSEWHERE
        sent = intent.payload if intent.raw is None else intent.raw
        if not self._is_what_it_covers(approval, sent):
            return UNLIKE
        # As the first look: what is sent, masked like answers. Tokens that were put back in clear are masked.
        wanted = (*((upstream.mask,) if upstream.mask else ()), *_masks(intent.envelope))
        seen = await self.mask(tuple(dict.fromkeys(wanted)), sent) if wanted else Seen(view=sent, raw=sent)
        if seen.withheld:
            return f"It cannot be masked: {seen.withheld}."
        return shown_of(seen.view, _understood(intent.envelope)) or LARGE

    def _intent(self, approval: Approval) -> RecordedEntry | None:
        """The intent of the call that was held first."""
        layers = BOTH_LAYERS if self.custody is Custody.LOCAL else VIEW_ONLY
        _, _, number = approval.call.rpartition(".")
        for entry in read_session(self.data_dir, approval.session, keys=self.ring, layers=layers):
            if str(entry.sequence) != number:
                continue
            if entry.raw is None and "revealed" in entry.envelope:
                raise RecordError("raw_layer_sealed", "What was put back in clear is sealed.")
            return entry if entry.kind is EntryKind.INTENT else None
        return None

    def _is_what_it_covers(self, approval: Approval, body: bytes) -> bool:
        try:
            told = parse(body, _DEPTH)
        except ValueError:
            return False
        if not isinstance(told, dict):
            return False
        message = Message(
            kind=MessageKind.REQUEST,
            era=Era.LEGACY,
            body=body,
            revision="",
            method=approval.method,
            name=approval.name,
        )
        if told.get("method") != approval.method:
            return False
        digest = call_digest(message, approval.whom, approval.definition, approval.policy_version)
        keyed = hmac.new(self.key, digest.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(keyed, approval.digest)


def _masks(envelope: JsonObject) -> tuple[str, ...]:
    """The profiles that the rules had asked for."""
    duties = _member(_member(envelope, "verdict"), "obligations")
    return _texts(duties.get("mask"))


def _understood(envelope: JsonObject) -> tuple[str, ...]:
    return _texts(_member(envelope, "verdict").get("understood"))


def _member(of: JsonObject, name: str) -> JsonObject:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()
