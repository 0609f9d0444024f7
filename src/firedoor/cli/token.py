"""Commands about tokens: create, list, revoke."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import AsJson, SettingsFile

if TYPE_CHECKING:
    from firedoor.model.grant import Grant

Repeated = Parameter(negative="", help="May be given several times.")


def create(  # noqa: PLR0913 these are the options that people type
    *,
    principal: str,
    agent: str | None = None,
    upstream: Annotated[list[str] | None, Repeated] = None,
    role: Annotated[list[str] | None, Repeated] = None,
    ttl: Annotated[str, Parameter(help="How long it opens doors: 30m, 1h, 7d.")] = "24h",
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> None:
    """Make a token for a principal and print it, this once."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people, span_us
    from firedoor.app.tokens import Wanted, create_token
    from firedoor.cli.output import instant, print_json

    found = settings_for_people(settings)
    wanted = Wanted(
        principal=principal,
        agent=agent,
        upstreams=frozenset(upstream) if upstream else None,
        roles=frozenset(role or ()),
        lifetime_us=span_us(ttl),
    )
    with open_store(found) as store:
        made = create_token(store.grants, wanted, {u.upstream.name for u in found.upstreams}, now_us())
    if as_json:
        expires_at = instant(made.grant.expires_at_us)
        print_json({"token": made.token, "id": made.grant.id, "expires_at": expires_at})
    else:
        print(made.token)


def list_tokens(*, as_json: AsJson = False, settings: SettingsFile = None) -> None:
    """List every token ever made, oldest first. The tokens themselves are not kept."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.app.tokens import state_of
    from firedoor.cli.output import instant, print_json, print_table

    now = now_us()
    with open_store(settings_for_people(settings)) as store:
        grants = store.grants.list()
    if as_json:
        for grant in grants:
            print_json(described(grant, state_of(grant, now)))
        return
    rows = [
        (
            g.id,
            g.principal.name,
            ", ".join(actor.name for actor in g.principal.actors) or None,
            "all" if g.upstreams is None else ", ".join(sorted(g.upstreams)),
            state_of(g, now),
            instant(g.expires_at_us),
        )
        for g in grants
    ]
    heads = ("ID", "PRINCIPAL", "AGENT", "UPSTREAMS", "STATE", "EXPIRES")
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
        "state": state,
        "issued_at": instant(grant.issued_at_us),
        "expires_at": instant(grant.expires_at_us),
        "revoked_at": instant(grant.revoked_at_us),
    }


def revoke(token_id: str, /, *, reason: str = "", settings: SettingsFile = None) -> int:
    """Revoke a token by its id. It opens nothing from the next request on."""
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.model.errors import ClientError
    from firedoor.model.ids import GrantId

    with open_store(settings_for_people(settings)) as store:
        if store.grants.find(GrantId(token_id)) is None:
            hint = "`firedoor token list` shows the ids. The token itself is no id."
            raise ClientError("grant_unknown", "There is no token with that id.", hint)
        was_live = store.grants.revoke(GrantId(token_id), now_us(), reason)
    print(f"{token_id} is revoked." if was_live else f"{token_id} was revoked before.")
    return 0 if was_live else 1


GROUP: dict[str, Callable[..., int | None]] = {
    "create": create,
    "list": list_tokens,
    "revoke": revoke,
}
