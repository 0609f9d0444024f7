"""Approvals as people decide about them, and the parts of a gateway that hold calls for them.

Whoever decides shows a token: being the operating-system user of the gateway is not enough, since an agent
may run as the same. The token says who it is; roles, groups and locks are looked at as they are now.
"""

import difflib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firedoor.app.api.asgi import Asked, Routes
from firedoor.app.inspect import now_us
from firedoor.app.notifying import notifiers_of
from firedoor.app.permits import PREFIX, PermitDesk, only_reason
from firedoor.app.recalling import Recalling
from firedoor.app.reviewers import Reviewers, load_object
from firedoor.app.settings.resolved import Settings
from firedoor.core.decide.patience import PATIENCE
from firedoor.core.reply.approval import approval_object
from firedoor.core.reply.notices import notices
from firedoor.core.sight import Mask
from firedoor.edges.inbound.admin_socket import Operator, Verb
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.approval_key import approval_key
from firedoor.edges.keys.instance import instance_of
from firedoor.edges.store.store import Store
from firedoor.engine.people.approvers import Approvers
from firedoor.engine.people.approving import LISTED, OPEN, Approving
from firedoor.engine.people.holding import Holding, HoldTerms
from firedoor.engine.people.permitting import Permitting
from firedoor.engine.run import Engine
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Shown
from firedoor.model.errors import ClientError
from firedoor.model.grant import Grant
from firedoor.model.ids import call_id
from firedoor.model.json import Json, JsonObject, text_in
from firedoor.operations.indented import indented
from firedoor.ports.index import CallFilter, Field, Index
from firedoor.ports.recorder import Recorder

LAST_CALLS = 10


def steady_clock(latest_us: int) -> Callable[[], int]:
    """Unix microseconds that never go back, nor stand still while the machine sleeps.

    They begin at the time of day, but not before the latest instant that the store knows: setting the clock
    back, or starting again, makes no approval live longer.
    """
    ahead_us = max(now_us(), latest_us) - time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000
    return lambda: ahead_us + time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000


def holding_of(settings: Settings, store: Store, recorder: Recorder) -> Holding:
    """Build what holds calls.

    Raises:
        SettingsError: the key of the digests, or a secret of those who are told, cannot be used.
    """
    approving = Approving(
        store=store.approvals,
        recorder=recorder,
        notifier=notifiers_of(settings),
        instance=instance_of(settings.data_dir),
        now_us=steady_clock(max(store.approvals.latest_us(), store.permits.latest_us())),
        approvers=Approvers(find=store.grants.find),
    )
    wanted = settings.approvals
    terms = HoldTerms(
        key=approval_key(settings.data_dir), usual_s=wanted.wait_s, clients=(*wanted.clients, *PATIENCE)
    )
    return Holding(approving, terms, fresh_id=lambda: ApprovalId(f"apr_{secrets.token_hex(8)}"))


@dataclass(slots=True, kw_only=True)
class ApprovalDesk:
    """What approvers may ask a running gateway."""

    approving: Approving
    reviewers: Reviewers
    permits: PermitDesk
    recalling: Recalling
    index: Index

    def verbs(self) -> Mapping[str, Verb]:
        """By name, for the socket in the data folder."""
        return {
            "approval.list": self._list_on_socket,
            "approval.show": self._show_on_socket,
            "approval.review": self._review_on_socket,
            **self.permits.verbs(),
        }

    def routes(self) -> Routes:
        """By method and address, for the API."""
        return {
            ("GET", "approvals"): self._list_over_http,
            ("GET", "approvals/{}"): self._show_over_http,
            ("POST", "approvals/{}/approve"): self._approve_over_http,
            ("POST", "approvals/{}/deny"): self._deny_over_http,
            **self.permits.routes(),
        }

    async def waiting(self, grant: Grant, *, everything: bool = False) -> JsonObject:
        """What waits, the newest first; and how often each approver was asked in the last day.

        Raises:
            RecordError: that somebody looks could not be recorded.
        """
        await self.approving.expire()
        states = tuple(ApprovalState) if everything else OPEN
        store = self.approving.store
        every = await self.approving.asked(store.listed, states, LISTED)
        found = [each for each in every if self.reviewers.may_see(grant, each.whom.upstream)]
        for each in found:
            if self.approving.looks.of(each.id) is not None:
                await self.approving.look(each, grant, "memory")
        load = await self.approving.reviews_of_day()
        return {
            "approvals": [self._object(each) for each in found],
            "permits": (await self.permits.listed(grant))["permits"],
            "load": [{"approver": who, **load_object(times)} for who, times in sorted(load.items())],
        }

    async def show(self, grant: Grant, identifier: str) -> JsonObject:
        """All that an approver should know of one. After a restart it is read from the record.

        Raises:
            ClientError: there is none of this id.
            RecordError: that somebody looks could not be recorded.
        """
        approval = await self.approving.current(ApprovalId(identifier))
        if approval is None or not self.reviewers.may_see(grant, approval.whom.upstream):
            hint = "`firedoor approvals` shows those that wait."
            raise ClientError("approval_unknown", "There is no approval of this id.", hint)
        why, shown = "", self.approving.looks.of(approval.id)
        source = "memory" if shown is not None else "record"
        if shown is None:
            found = await self.recalling.recall(approval)
            why, shown = (found, None) if isinstance(found, str) else ("", found)
        if shown is not None:
            await self.approving.look(approval, grant, source)
            if source == "record" and approval.is_open:
                self.approving.looks.keep(approval, shown)
        told = {**approval_object(approval), **_seen(shown), "why_not_shown": why or None}
        return {**told, "last_calls": await self._last_calls(approval)}

    async def review(self, grant: Grant, identifier: str, *, is_approval: bool, reason: str) -> JsonObject:
        """Decide, as the principal of a grant.

        Raises:
            ClientError: this grant may not, or there is nothing to decide.
            RecordError: it could not be made durable.
        """
        if identifier.startswith(PREFIX):
            return await self.permits.review(grant, identifier, is_approval=is_approval, reason=reason)
        approval = await self.approving.review(
            ApprovalId(identifier), grant, is_approval=is_approval, reason=reason
        )
        load = await self.approving.reviews_of_day()
        return {**self._object(approval), **load_object(load.get(grant.principal.name, 0))}

    def _object(self, approval: Approval) -> dict[str, Json]:
        return {**approval_object(approval), **_seen(self.approving.looks.of(approval.id))}

    async def _last_calls(self, approval: Approval) -> list[Json]:
        wanted = CallFilter(fields=((Field.SESSION, approval.session),), words=(), limit=5 * LAST_CALLS)
        every = await self.approving.asked(self.index.calls, wanted)
        before = [
            call
            for call in every
            if call.message == "request" and call_id(call.session, call.sequence) != approval.call
        ]
        return [
            {"at_us": call.at_us, "method": call.method, "name": call.name, "effect": call.effect,
             "result": call.result}
            for call in before[:LAST_CALLS]
        ]  # fmt: skip

    async def _list_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        grant = await self.reviewers.reviewer(text_in(arguments, "token"))
        return await self.waiting(grant, everything=arguments.get("everything") is True)

    async def _show_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        grant = await self.reviewers.reviewer(text_in(arguments, "token"))
        return await self.show(grant, text_in(arguments, "id"))

    async def _review_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        return await self.review(
            await self.reviewers.reviewer(text_in(arguments, "token")),
            text_in(arguments, "id"),
            is_approval=arguments.get("approve") is True,
            reason=text_in(arguments, "reason"),
        )

    async def _list_over_http(self, asked: Asked) -> JsonObject:
        return await self.waiting(await self.reviewers.reviewer(asked.token, asked.peer))

    async def _show_over_http(self, asked: Asked) -> JsonObject:
        return await self.show(await self.reviewers.reviewer(asked.token, asked.peer), asked.name)

    async def _approve_over_http(self, asked: Asked) -> JsonObject:
        grant = await self.reviewers.reviewer(asked.token, asked.peer)
        return await self.review(grant, asked.name, is_approval=True, reason=only_reason(asked))

    async def _deny_over_http(self, asked: Asked) -> JsonObject:
        grant = await self.reviewers.reviewer(asked.token, asked.peer)
        return await self.review(grant, asked.name, is_approval=False, reason=only_reason(asked))


def recalling_of(settings: Settings, ring: KeyRing, engine: Engine) -> Recalling:
    """Build what reads the record for approvers."""
    return Recalling(
        data_dir=settings.data_dir,
        ring=ring,
        custody=settings.custody,
        upstreams=engine.gate.upstreams,
        mask=lambda profiles, payload: engine.masking.mask(Mask(profiles, payload)),
        key=approval_key(settings.data_dir),
    )


def approval_desk(engine: Engine, store: Store, permitting: Permitting, recalling: Recalling) -> ApprovalDesk:
    """The desk of a running gateway."""
    approving = engine.holding.approving
    approving.approvers.lock_on = engine.containment.lock_on
    reviewers = Reviewers(directory=store.grants, containment=engine.containment, now_us=approving.now_us)
    return ApprovalDesk(
        approving=approving,
        reviewers=reviewers,
        permits=PermitDesk(permitting=permitting, reviewers=reviewers),
        recalling=recalling,
        index=store.index,
    )


def _seen(shown: Shown | None) -> dict[str, Json]:
    if shown is None:
        return {"params": None, "understood": [], "diff": [], "notices": []}
    # Laid out alike, so that a line is one member.
    before, now = list(indented(shown.before)), list(indented(shown.params))
    changed = difflib.unified_diff(before, now, "refused before", "now", lineterm="", n=0)
    return {
        "params": shown.params,
        "understood": list(shown.understood),
        "diff": list(changed) if shown.before else [],
        "notices": [*filter(None, [shown.refusal]), *notices(shown.params)],
    }
