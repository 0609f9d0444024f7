"""What approvers see of held calls, and of the attempts before them. In memory alone: it holds arguments."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import msgspec

from firedoor.core.reply.spelling import spelled_out
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Shown

SHOWN_BYTES = 64 * 1024
"""Of the parameters of one call. Nobody can say yes to what nobody can read."""
KEPT = 2_000
"""Calls that wait and are kept; the oldest go first, and cannot be approved any more."""
ENDED = 500
"""Calls that are kept although they have ended. The record has them all."""

_Place: TypeAlias = tuple[str, tuple[str, ...], str, str, str]
"""Principal, agents, upstream, method, name: another token of the same is no other asker."""


class _Said(msgspec.Struct):
    params: msgspec.Raw = msgspec.Raw(b"{}")


def shown_of(message: bytes, understood: tuple[str, ...]) -> Shown | None:
    """What of a message is shown: its parameters, character by character. None: it is too large."""
    try:
        params = bytes(msgspec.json.decode(message, type=_Said).params)
    except msgspec.MsgspecError:
        return None
    if len(params) > SHOWN_BYTES:
        return None
    return Shown(params=spelled_out(params.decode("utf-8", "backslashreplace")), understood=understood)


@dataclass(frozen=True, slots=True)
class _Refused:
    """The last attempt that was refused."""

    params: str
    digest: str
    by: str
    times: int
    """How often, one after the other, and unchanged."""

    def said_of(self, approval: Approval, shown: Shown) -> str:
        """What its difference to another attempt does not say."""
        if approval.digest == self.digest:
            often = "once" if self.times == 1 else f"{self.times} times"
            return f"The same call was refused {often} before, by {self.by} last."
        if shown.params == self.params:
            return (
                "It looks like the call that was refused before, and is another: what differs is not shown."
            )
        return ""


@dataclass(slots=True)
class Looks:
    """By approval."""

    _kept: OrderedDict[ApprovalId, Shown] = field(default_factory=OrderedDict[ApprovalId, Shown])
    _ended: OrderedDict[ApprovalId, Shown] = field(default_factory=OrderedDict[ApprovalId, Shown])
    _refused: "OrderedDict[_Place, _Refused]" = field(default_factory=OrderedDict[_Place, "_Refused"])

    def keep(self, approval: Approval, shown: Shown) -> None:
        """Remember what an approval is about, beside the last attempt that was refused."""
        last = self._refused.get(_place(approval))
        if last is not None:
            shown = replace(shown, before=last.params, refusal=last.said_of(approval, shown))
        self._kept[approval.id] = shown
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def over(self, approval: ApprovalId) -> None:
        """It has ended, and takes no place of those that wait: else who asks and withdraws buries others."""
        if (shown := self._kept.pop(approval, None)) is not None:
            self._ended[approval] = shown
            if len(self._ended) > ENDED:
                self._ended.popitem(last=False)

    def of(self, approval: ApprovalId) -> Shown | None:
        """What it is about; None: that is not known here any more."""
        return self._kept.get(approval) or self._ended.get(approval)

    def decided(self, approval: Approval) -> None:
        """Remember what was refused."""
        shown = self._kept.get(approval.id)
        if approval.state is not ApprovalState.REFUSED or shown is None:
            return
        self.over(approval.id)
        place = _place(approval)
        again = self._refused.pop(place, None)
        times = again.times + 1 if again is not None and again.digest == approval.digest else 1
        self._refused[place] = _Refused(shown.params, approval.digest, approval.reviews[-1].by, times)
        if len(self._refused) > KEPT:
            self._refused.popitem(last=False)


def _place(approval: Approval) -> _Place:
    whom = approval.whom
    return whom.principal, whom.agents, whom.upstream, approval.method, approval.name
