"""Typed identifiers. Never parsed for meaning outside the module that mints them."""

from typing import NewType

GrantId = NewType("GrantId", str)
"""One login or one service token. `g_` and 16 hexadecimal digits."""

SessionId = NewType("SessionId", str)
"""A UUIDv7 in its 36-character form, minted by the gateway."""

CallId = NewType("CallId", str)
"""`<session>.<sequence of its intent>`: names one exchange and where its record begins."""

TokenDigest = NewType("TokenDigest", str)
"""SHA-256 of an opaque token, 64 hexadecimal digits. The token itself is never stored."""


def call_id(session: SessionId, sequence: int) -> CallId:
    """The id of the call whose intent has this sequence number."""
    return CallId(f"{session}.{sequence}")
