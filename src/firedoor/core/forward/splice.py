"""Change members of a JSON object and leave every other byte as it was. Never re-encodes a value."""

from collections.abc import Mapping

import msgspec

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def members(body: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of an object, each as its exact bytes.

    Raises:
        ValueError: not a JSON object.
    """
    return _members.decode(body)


def joined(parts: Mapping[str, msgspec.Raw]) -> bytes:
    """The object again."""
    return msgspec.json.encode(parts)
