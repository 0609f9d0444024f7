"""An upstream's own credential never reaches a client or a record, also when the upstream repeats it."""

import json
from collections.abc import Iterable

WITHHELD = b"[credential withheld]"

_SHORTEST = 6
"""Shorter values occur by chance; they are no credentials worth the name."""

_HTML = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def spellings(credentials: Iterable[str]) -> tuple[bytes, ...]:
    """The byte strings to look for: each credential as it stands and as JSON writes it, longest first.

    The usual encoders escape more than they must: some the slash, Go's the three marks of HTML.
    """
    found: set[bytes] = set()
    for credential in credentials:
        if len(credential) >= _SHORTEST:
            found.add(credential.encode())
            for is_ascii in (True, False):
                written = json.dumps(credential, ensure_ascii=is_ascii)[1:-1]
                found.add(written.encode())
                found.add(written.replace("/", r"\/").encode())
                found.add(written.translate(_HTML).encode())
    return tuple(sorted(found, key=lambda spelling: (-len(spelling), spelling)))


def without_credentials(payload: bytes, spelled: tuple[bytes, ...]) -> bytes:
    """The payload with each of them replaced; the same object when none occurs."""
    for spelling in spelled:
        if spelling in payload:
            payload = payload.replace(spelling, WITHHELD)
    return payload
