"""A credential that an upstream spreads over the texts of one stream, piece by piece. Pure; one per stream.

Theory of operation. What clients show of a stream is the texts of one member after another ("text",
"message"), so that these are read as one text here. A piece that completes a credential is withheld, and so
is a piece that ends with the beginning of one: waiting for the rest would hold up the stream. What can leave
of a credential is less than `_BEGINNING` characters of it. Each string is edited in its place: no other byte
of a message changes.
"""

import re

import msgspec

from firedoor.core.mask.credentials import WITHHELD, texts

_BEGINNING = 4
"""Characters that are the beginning of a credential and no chance. Fewer say little about one."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"(?P<is_name>\s*:)?', re.DOTALL)
_decoder = msgspec.json.Decoder(str)


class Spread:
    """What a stream has said so far, as far as the end of it may be the beginning of a credential."""

    def __init__(self, spelled: tuple[bytes, ...]) -> None:
        """Look for the credentials that have these spellings."""
        self._credentials = texts(spelled)
        self._kept = max((len(text) for text in self._credentials), default=1) - 1
        self._tails: dict[str, str] = {}
        """By member name: the last characters of its texts."""

    def without(self, payload: bytes) -> bytes:
        """The next message of the stream, with such pieces withheld; the same object if there are none."""
        if not self._credentials:
            return payload
        parts: list[bytes] = []
        done, name = 0, ""
        for found in _STRING.finditer(payload):
            text = _text(found[0][: found.end() - found.start() - len(found["is_name"] or b"")])
            if text is None:
                continue
            if found["is_name"] is not None:
                name = text
                continue
            kept = self._masked(name, text)
            if kept != text:
                parts += [payload[done : found.start()], msgspec.json.encode(kept)]
                done = found.end()
        return b"".join([*parts, payload[done:]]) if parts else payload

    def _masked(self, name: str, text: str) -> str:
        tail = self._tails.get(name, "")
        joined = tail + text
        self._tails[name] = joined[-self._kept :] if self._kept else ""
        begin, end = self._completed(joined, len(tail)), self._begun(joined)
        cut = max(end - len(tail), 0)
        front = WITHHELD.decode() if begin else ""
        if cut < begin:
            return front
        return front + text[begin:cut] + (WITHHELD.decode() if cut < len(text) else "")

    def _completed(self, joined: str, boundary: int) -> int:
        """How many characters beyond the boundary belong to a credential that began before it."""
        longest = 0
        for credential in self._credentials:
            first = max(boundary - len(credential) + 1, 0)
            at = joined.find(credential, first, boundary + len(credential) - 1)
            if 0 <= at < boundary:
                longest = max(longest, at + len(credential) - boundary)
        return longest

    def _begun(self, joined: str) -> int:
        """Where the beginning of a credential begins, with which it ends; its length if there is none."""
        first = len(joined)
        for credential in self._credentials:
            for length in range(min(len(credential) - 1, len(joined)), _BEGINNING - 1, -1):
                if joined.endswith(credential[:length]):
                    first = min(first, len(joined) - length)
                    break
        return first


def _text(token: bytes) -> str | None:
    try:
        return _decoder.decode(token)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
