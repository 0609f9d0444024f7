"""Permits as people ask for them, decide about them and end them: on the socket, and over the API.

Whoever has a token asks for what their own agent may do; for others, approvers do. Nobody decides about what
they asked for: that is `engine.people.permitting`'s to say.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from firedoor.app.api.asgi import Asked, Routes
from firedoor.app.policy.rules import PATTERN
from firedoor.app.reviewers import REVIEWERS, Reviewers, load_object
from firedoor.app.settings.resolved import Settings
from firedoor.core.reply.permit import permit_object, use_objects
from firedoor.edges.inbound.admin_socket import Operator, Verb
from firedoor.edges.store.store import Store
from firedoor.engine.people.approving import Approving
from firedoor.engine.people.permit_requests import PermitTerms, Wanted
from firedoor.engine.people.permitting import Permitting
from firedoor.model.errors import ClientError
from firedoor.model.grant import Grant
from firedoor.model.json import Json, JsonObject, text_in
from firedoor.model.permit import Permit, PermitId
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import PermitKind
from firedoor.operations.durations import duration_us
from firedoor.ports.policies import Policies

USUAL = {PermitKind.PERMIT: "30m", PermitKind.BREAK_GLASS: "15m"}
"""How long one is live where nobody says it."""
PREFIX = "prm_"
MOST_LISTED = 1_000
"""Uses that are shown."""
MOST_USES = 10_000
_LONGEST = 200
"""Characters of a name."""
_SEVERAL = 16
_MEMBERS = {
    "kind", "principal", "agents", "upstream", "tools", "conditions", "uses", "for", "reason", "case",
}  # fmt: skip


def permitting_of(
    settings: Settings,
    store: Store,
    approving: Approving,
    policies: Policies,
    upstreams: Mapping[str, Upstream],
) -> Permitting:
    """Build what lets calls pass by permit."""
    wanted = settings.approvals.permits
    return Permitting(
        store=store.permits,
        approving=approving,
        policies=policies,
        upstreams=upstreams,
        terms=PermitTerms(
            longest_us=wanted.longest_us, opens_denied=wanted.opens_denied, openers=wanted.openers
        ),
        fresh_id=lambda: PermitId(f"{PREFIX}{secrets.token_hex(8)}"),
    )


@dataclass(slots=True, kw_only=True)
class PermitDesk:
    """What people may ask a running gateway about permits."""

    permitting: Permitting
    reviewers: Reviewers

    def verbs(self) -> Mapping[str, Verb]:
        """By name, for the socket in the data folder."""
        return {
            "permit.request": self._request_on_socket,
            "permit.list": self._list_on_socket,
            "permit.show": self._show_on_socket,
            "permit.revoke": self._revoke_on_socket,
        }

    def routes(self) -> Routes:
        """By method and address, for the API."""
        return {
            ("GET", "permits"): self._list_over_http,
            ("POST", "permits"): self._request_over_http,
            ("GET", "permits/{}"): self._show_over_http,
            ("POST", "permits/{}/approve"): self._approve_over_http,
            ("POST", "permits/{}/deny"): self._deny_over_http,
            ("POST", "permits/{}/revoke"): self._revoke_over_http,
        }

    async def request(self, grant: Grant, asked: JsonObject) -> JsonObject:
        """Ask for a permit, or for break-glass.

        Raises:
            ClientError: it cannot be had.
            RecordError: it could not be made durable.
        """
        wanted = wanted_of(asked, grant.principal.name)
        if wanted.principal != grant.principal.name and not grant.roles & REVIEWERS:
            raise ClientError("approval_forbidden", "For somebody else, approvers ask.")
        return permit_object(await self.permitting.request(grant, wanted))

    async def listed(self, grant: Grant, *, everything: bool = False) -> JsonObject:
        """Those that are open; to who is no approver, their own."""
        found = await self.permitting.listed(everything=everything)
        return {"permits": [permit_object(each) for each in found if _may_see(grant, each)]}

    async def show(self, grant: Grant, identifier: str) -> JsonObject:
        """One, with every call it let pass.

        Raises:
            ClientError: there is none of this id that is theirs to see.
        """
        permit = await self.permitting.find(PermitId(identifier))
        if not _may_see(grant, permit):
            hint = "`firedoor permits list` shows those that are open."
            raise ClientError("permit_unknown", "There is no permit of this id.", hint)
        store = self.permitting.store
        uses = await self.permitting.approving.asked(store.uses_of, permit.id, MOST_LISTED)
        return {**permit_object(permit), "calls": use_objects(uses)}

    async def review(self, grant: Grant, identifier: str, *, is_approval: bool, reason: str) -> JsonObject:
        """Decide, as the principal of a grant.

        Raises:
            ClientError: this grant may not, or there is nothing to decide.
            RecordError: it could not be made durable.
        """
        permit = await self.permitting.review(
            PermitId(identifier), grant, is_approval=is_approval, reason=reason
        )
        load = await self.permitting.approving.reviews_of_day()
        return {**permit_object(permit), **load_object(load.get(grant.principal.name, 0))}

    async def revoke(self, grant: Grant, identifier: str, reason: str) -> JsonObject:
        """End one at once.

        Raises:
            ClientError: this grant may not, or it is over.
        """
        return permit_object(await self.permitting.revoke(PermitId(identifier), grant, reason))

    async def _request_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        grant = await self.reviewers.known(text_in(arguments, "token"))
        return await self.request(
            grant, {name: value for name, value in arguments.items() if name != "token"}
        )

    async def _list_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        grant = await self.reviewers.known(text_in(arguments, "token"))
        return await self.listed(grant, everything=arguments.get("everything") is True)

    async def _show_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        return await self.show(
            await self.reviewers.known(text_in(arguments, "token")), text_in(arguments, "id")
        )

    async def _revoke_on_socket(self, _: Operator, arguments: JsonObject) -> JsonObject:
        grant = await self.reviewers.known(text_in(arguments, "token"))
        return await self.revoke(grant, text_in(arguments, "id"), text_in(arguments, "reason"))

    async def _list_over_http(self, asked: Asked) -> JsonObject:
        return await self.listed(await self.reviewers.known(asked.token, asked.peer))

    async def _request_over_http(self, asked: Asked) -> JsonObject:
        return await self.request(await self.reviewers.known(asked.token, asked.peer), asked.body)

    async def _show_over_http(self, asked: Asked) -> JsonObject:
        return await self.show(await self.reviewers.known(asked.token, asked.peer), asked.name)

    async def _approve_over_http(self, asked: Asked) -> JsonObject:
        grant = await self.reviewers.reviewer(asked.token, asked.peer)
        return await self.review(grant, asked.name, is_approval=True, reason=only_reason(asked))

    async def _deny_over_http(self, asked: Asked) -> JsonObject:
        grant = await self.reviewers.reviewer(asked.token, asked.peer)
        return await self.review(grant, asked.name, is_approval=False, reason=only_reason(asked))

    async def _revoke_over_http(self, asked: Asked) -> JsonObject:
        grant = await self.reviewers.known(asked.token, asked.peer)
        return await self.revoke(grant, asked.name, only_reason(asked))


def only_reason(asked: Asked) -> str:
    """The reason, where a body must hold nothing else.

    Raises:
        ClientError: it holds something else.
    """
    if set(asked.body) != {"reason"}:
        raise ClientError("body_unusable", 'Send {"reason": "…"}, and nothing else.')
    return asked.text("reason")


def wanted_of(asked: JsonObject, myself: str) -> Wanted:
    """Read what somebody asks for.

    Raises:
        ClientError: it cannot be understood.
    """
    if unknown := set(asked) - _MEMBERS:
        raise ClientError("body_unusable", f"Unknown: {', '.join(sorted(unknown))}.")
    if (said := asked.get("kind", "permit")) not in [kind.value for kind in PermitKind]:
        raise ClientError("body_unusable", '"kind" is "permit" or "break-glass".')
    kind = PermitKind(said)
    tools, conditions = _texts(asked, "tools"), _texts(asked, "conditions", longest=4_000)
    span_us = duration_us(text_in(asked, "for") or USUAL[kind])
    if kind is PermitKind.PERMIT and (not tools or not all(PATTERN.fullmatch(tool) for tool in tools)):
        raise ClientError("permit_tools", "Name tools; * and ? are patterns.")
    if kind is PermitKind.BREAK_GLASS and (tools or conditions or asked.get("uses") is not None):
        raise ClientError("permit_kind", "Break-glass is for an upstream as a whole: ask for a permit.")
    if span_us is None:
        raise ClientError("permit_span", "That is no length of time.", "Write 15m or 1h.")
    return Wanted(
        kind=kind,
        principal=_name(asked, "principal") or myself,
        agents=_texts(asked, "agents"),
        upstream=_name(asked, "upstream"),
        tools=tools,
        conditions=conditions,
        uses=_uses(asked),
        span_us=span_us,
        reason=text_in(asked, "reason"),
        case=_name(asked, "case"),
    )


def _uses(asked: JsonObject) -> int | None:
    uses = asked.get("uses")
    if uses is None:
        return None
    if isinstance(uses, bool) or not isinstance(uses, int) or not 1 <= uses <= MOST_USES:
        raise ClientError("permit_uses", f"Uses are a number from 1 to {MOST_USES}.")
    return uses


def _name(asked: JsonObject, member: str) -> str:
    name = text_in(asked, member)
    if len(name) > _LONGEST:
        raise ClientError("body_unusable", f'"{member}" has more than {_LONGEST} characters.')
    return name


def _texts(asked: JsonObject, member: str, *, longest: int = _LONGEST) -> tuple[str, ...]:
    value: Json = asked.get(member, ())
    if not isinstance(value, list | tuple) or len(value) > _SEVERAL:
        raise ClientError("body_unusable", f'"{member}" is no list of at most {_SEVERAL} texts.')
    texts = tuple(each for each in value if isinstance(each, str) and 0 < len(each) <= longest)
    if len(texts) != len(value):
        raise ClientError("body_unusable", f'"{member}" holds something else than texts.')
    return texts


def _may_see(grant: Grant, permit: Permit) -> bool:
    is_asked = bool(grant.roles & REVIEWERS) and Reviewers.may_see(grant, permit.upstream)
    return is_asked or grant.principal.name in {permit.asked_by, permit.principal}
