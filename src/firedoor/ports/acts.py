"""Where what people do is recorded."""

from typing import Protocol

from firedoor.model.json import JsonObject


class Acts(Protocol):
    """What operators do becomes control entries of the record."""

    def note(self, act: str, about: JsonObject) -> None:
        """Record it. It is durable when this returns; do what it names after that.

        Raises:
            RecordError: it could not be made durable.
            IntegrityError: the record is damaged, so that nothing is added to it.
        """
        ...
