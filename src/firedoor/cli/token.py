"""Commands about tokens: create, list, revoke."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, AsJson, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.model.errors import RecordError
    from firedoor.model.grant import Grant

Repeated = Parameter(negative="", help="May be given several times.")


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a principal is among others."""

    role: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="approver, responder, viewer or admin, or one that a rule asks its approvers for. Not with"
            " --agent. May be given several times.",
        ),
    ] = None
    group: Annotated[list[str] | None, Repeated] = None


ORDINARY = Standing()


def create(
    *,
    principal: str,
    agent: str | None = None,
    upstream: Annotated[list[str] | None, Repeated] = None,
    standing: Standing = ORDINARY,
    ttl: Annotated[str, Parameter(help="How long it opens doors: 30m, 1h, 7d.")] = "24h",
    printing: Printing = PLAINLY,
) -> None:
    """Make a token for a principal and print it, this once."""
    import secrets

    from firedoor.app.acts import recorded_grants
    from firedoor.app.inspect import now_us, open_store, settings_for_people, span_us
    from firedoor.app.role_names import roles_that_count
    from firedoor.cli.output import instant, print_json
    from firedoor.operations.create_token import TokenRequest, create_token

    found = settings_for_people(printing.settings)
    request = TokenRequest(
        principal=principal,
        agent=agent,
        upstreams=frozenset(upstream) if upstream else None,
        roles=frozenset(standing.role or ()),
        groups=frozenset(standing.group or ()),
        ttl_us=span_us(ttl),
    )
    known = frozenset(known.upstream.name for known in found.upstreams)
    with open_store(found) as store:
        made = create_token(
            request,
            recorded_grants(found, store, _unrecorded),
            known_upstreams=known,
            known_roles=roles_that_count(request.roles, found, store.policies),
            now_us=now_us(),
            random=secrets.token_bytes,
        )
    if printing.as_json:
        print_json({"token": made.token, "id": made.id, "expires_at": instant(made.expires_at_us)})
    else:
        print(made.token)


def list_tokens(*, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """List every token ever made, oldest first. The tokens themselves are not kept."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.app.locking import standing_locks
    from firedoor.cli.output import instant, print_json, print_table
    from firedoor.operations.list_tokens import list_tokens as listed

    read = settings_for_people(settings)
    with open_store(read) as store:
        found = listed(store.grants, standing_locks(read), now_us=now_us())
    if as_json:
        for token in found:
            print_json(described(token.grant, token.state.value))
        return
    rows = [
        (
            token.grant.id,
            token.grant.principal.name,
            ", ".join(actor.name for actor in token.grant.principal.actors) or None,
            ", ".join(sorted(token.grant.roles)) or None,
            "all" if token.grant.upstreams is None else ", ".join(sorted(token.grant.upstreams)),
            token.state.value,
            instant(token.grant.expires_at_us),
        )
        for token in found
    ]
    heads = ("ID", "PRINCIPAL", "AGENT", "ROLE", "UPSTREAMS", "STATE", "EXPIRES")
    print_table(heads, rows, empty="No tokens yet. Make one: firedoor token create --principal NAME")


def described(grant: "Grant", state: str) -> dict[str, object]:
    """Describe a grant as an object of JSON, without anything of its token."""
    from firedoor.cli.output import instant

    return {
        "id": grant.id,
        "principal": grant.principal.name,
        "agent": next((actor.name for actor in grant.principal.actors), None),
        "upstreams": None if grant.upstreams is None else sorted(grant.upstreams),
        "roles": sorted(grant.roles),
        "groups": sorted(grant.principal.groups),
        "state": state,
        "issued_at": instant(grant.issued_at_us),
        "expires_at": instant(grant.expires_at_us),
        "revoked_at": instant(grant.revoked_at_us),
    }


def revoke(token_id: str, /, *, reason: str = "", settings: SettingsFile = None) -> int:
    """Revoke a token by its id. It opens nothing from the next request on."""
    from firedoor.app.acts import recorded_grants
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.model.errors import ClientError
    from firedoor.model.ids import GrantId
    from firedoor.operations.revoke_token import Revocation, revoke_token

    found = settings_for_people(settings)
    with open_store(found) as store:
        grants = recorded_grants(found, store, _unrecorded)
        done = revoke_token(grants, GrantId(token_id), now_us=now_us(), reason=reason)
    if done is Revocation.UNKNOWN:
        hint = "`firedoor token list` shows the ids. The token itself is no id."
        raise ClientError("grant_unknown", "There is no token with that id.", hint)
    print(f"{token_id} is revoked." if done is Revocation.REVOKED else f"{token_id} was revoked before.")
    return 0


def _unrecorded(fault: "RecordError") -> None:
    print(f"This is not in the record: {fault.message}", file=sys.stderr)


GROUP: dict[str, Callable[..., int | None]] = {
    "create": create,
    "list": list_tokens,
    "revoke": revoke,
}
