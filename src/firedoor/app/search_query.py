"""What people type to search the record: words, and `field:pattern`. Never touches the record itself."""

from collections.abc import Sequence

from firedoor.app.settings_yaml import suggestion
from firedoor.model.errors import ClientError
from firedoor.ports.index import CallFilter, Field

_FIELDS = [field.value for field in Field]
# What people call a tool's name.
_ALSO = {"tool": Field.NAME, "who": Field.PRINCIPAL, "effect": Field.VERDICT}


def call_filter(typed: Sequence[str], *, since_us: int | None, limit: int) -> CallFilter:
    """Read a query. `name:` and the like ask one field; anything else may stand anywhere.

    Raises:
        ClientError: there is no such field, or nothing is asked of it.
    """
    fields: list[tuple[Field, str]] = []
    words: list[str] = []
    for part in (piece for text in typed for piece in text.split()):
        name, colon, pattern = part.partition(":")
        # A word with a colon that begins like an address is one: file://x.
        if not colon or pattern.startswith("//"):
            words.append(part)
            continue
        if name not in _FIELDS and name not in _ALSO:
            raise ClientError(
                "field_unknown", f'There is no field "{name}" to search.', suggestion(name, _FIELDS)
            )
        if not pattern:
            raise ClientError(
                "field_empty", f'"{name}:" asks for nothing.', f"Write {name}:VALUE; * and ? match."
            )
        fields.append((_ALSO.get(name) or Field(name), pattern))
    return CallFilter(fields=tuple(fields), words=tuple(words), since_us=since_us, limit=limit)
