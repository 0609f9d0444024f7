"""A token that several gateways of one database know."""

import hashlib
import secrets
from pathlib import Path

from firedoor.edges.store.store import Store
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Principal, PrincipalKind


def shared_token(database: str, folder: Path) -> str:
    token = "fd_" + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    store = Store.open(database, folder)
    store.grants.create(
        Grant(
            id=GrantId("g_shared"),
            principal=Principal(name="ci", kind=PrincipalKind.SERVICE),
            token_digest=TokenDigest(digest),
            upstreams=None,
            issued_at_us=1,
            expires_at_us=None,
        )
    )
    store.close()
    return token
