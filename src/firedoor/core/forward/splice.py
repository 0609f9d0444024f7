"""Change members of a JSON object and leave every other byte as it was. Never re-encodes a value."""

from collections.abc import Mapping

import msgspec

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def mentions(payload: bytes, mark: bytes) -> bool:
    """Whether a mark stands in a payload.

    `mark in payload` tries to read the mark as a number first, and makes an exception of it each time.
    """
    return payload.find(mark) >= 0


def members(body: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of an object, each as its exact bytes.

    Raises:
        ValueError: not a JSON object.
    """
    return _members.decode(body)


def joined(parts: Mapping[str, msgspec.Raw]) -> bytes:
    """The object again."""
    return msgspec.json.encode(parts)
