"""What approvers see of held calls, and of the attempts before them. In memory alone: it holds arguments."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import msgspec

from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Shown
from firedoor.model.ids import GrantId

SHOWN_BYTES = 64 * 1024
"""Of the parameters of one call. Nobody can say yes to what nobody can read."""
KEPT = 2_000
"""Calls that are kept; the oldest go first, and cannot be approved any more."""

_Place: TypeAlias = tuple[GrantId, str, str, str]
"""Grant, upstream, method, name."""


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
    return Shown(params=params.decode("utf-8", "backslashreplace"), understood=understood)


@dataclass(slots=True)
class Looks:
    """By approval."""

    _kept: OrderedDict[ApprovalId, Shown] = field(default_factory=OrderedDict[ApprovalId, Shown])
    _refused: OrderedDict[_Place, str] = field(default_factory=OrderedDict[_Place, str])

    def keep(self, approval: Approval, shown: Shown) -> None:
        """Remember what an approval is about, beside the last attempt that was refused."""
        before = self._refused.get(_place(approval), "")
        self._kept[approval.id] = replace(shown, before=before)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def of(self, approval: ApprovalId) -> Shown | None:
        """What it is about; None: that is not known here any more."""
        return self._kept.get(approval)

    def decided(self, approval: Approval) -> None:
        """Remember what was refused."""
        shown = self._kept.get(approval.id)
        if approval.state is not ApprovalState.REFUSED or shown is None:
            return
        self._refused[_place(approval)] = shown.params
        if len(self._refused) > KEPT:
            self._refused.popitem(last=False)


def _place(approval: Approval) -> _Place:
    return approval.whom.grant, approval.whom.upstream, approval.method, approval.name
