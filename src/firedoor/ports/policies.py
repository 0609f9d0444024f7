"""Where the policy in force comes from."""

from typing import Protocol

from firedoor.model.policy import Policy


class Policies(Protocol):
    """Knows at each moment which policy decides."""

    async def current(self) -> Policy:
        """The policy in force now, whichever process applied it. The same object until it changes.

        Raises:
            RecordError: nobody can tell, or its coming into force cannot be recorded. Who asks must deny.
        """
        ...
