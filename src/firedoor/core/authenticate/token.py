"""Opaque token → grant. Whether the grant still stands is asked of the store on every request.

A principal carries its actor chain; people who log in through an identity provider will arrive
here with the same type.
"""

import hashlib

from firedoor.model.grant import Grant
from firedoor.model.ids import TokenDigest
from firedoor.model.reply import Refusal

UNAUTHENTICATED = -32600
"""The JSON-RPC code beside HTTP 401: the status is what clients act on."""


def digest_of(token: str) -> TokenDigest:
    """The digest under which a token is stored. Tokens carry 256 random bits, so no salt is needed."""
    return TokenDigest(hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest())


def authenticate(token: str, grant: Grant | None, upstream: str, now_us: int) -> Grant | Refusal:
    """Return the grant that this token opens the upstream with, or the refusal.

    All failures but a missing token look the same to the client: they are not an oracle.
    """
    if not token:
        return _refusal("no_token", "Send Authorization: Bearer <token>.", 'Bearer realm="firedoor"')
    reason = _flaw(grant, upstream, now_us)
    if grant is None or reason:
        text = "The token is unknown, expired, revoked, or not for this upstream."
        return _refusal(reason, text, 'Bearer realm="firedoor", error="invalid_token"')
    return grant


def _flaw(grant: Grant | None, upstream: str, now_us: int) -> str:
    if grant is None:
        return "token_unknown"
    if grant.revoked_at_us is not None:
        return "token_revoked"
    if grant.expires_at_us is not None and grant.expires_at_us <= now_us:
        return "token_expired"
    if grant.upstreams is not None and upstream not in grant.upstreams:
        return "token_not_for_upstream"
    return ""


def _refusal(reason: str, text: str, challenge: str) -> Refusal:
    return Refusal(
        status=401,
        code=UNAUTHENTICATED,
        reason=reason,
        text=text,
        headers=(("WWW-Authenticate", challenge),),
    )
