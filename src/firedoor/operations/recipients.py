"""Changes who recordings are wrapped for. Decides what may be changed; never wraps or opens anything."""

from firedoor.model.custody import Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import ClientError

LOCAL = "local"
"""The name of the local replay identity: it is not in the list, the settings say what it may read."""


def with_recipient(recipients: tuple[Recipient, ...], new: Recipient) -> tuple[Recipient, ...]:
    """Add a recipient.

    Raises:
        ClientError: the name or the recipient is taken.
    """
    if new.name == LOCAL or any(each.name == new.name for each in recipients):
        text = f"There is a recipient {new.name} already."
        raise ClientError("recipient_taken", text, "Give another name, or remove that one first.")
    same = next((each for each in recipients if each.recipient == new.recipient), None)
    if same is not None:
        raise ClientError("recipient_taken", f"{same.name} is that recipient already.")
    return (*recipients, new)


def without_recipient(
    recipients: tuple[Recipient, ...], name: str, local: frozenset[Layer]
) -> tuple[Recipient, ...]:
    """Take a recipient out. `local` is what the local identity may read.

    Raises:
        ClientError: there is none of that name, or a layer would be left with nobody.
    """
    left = tuple(each for each in recipients if each.name != name)
    if len(left) == len(recipients):
        hint = "`firedoor keys list` shows the names."
        if name == LOCAL:
            hint = "It is in no list: `record: {mode: sealed}` in the settings takes it out."
        raise ClientError("recipient_unknown", f"There is no recipient {name} in the list.", hint)
    for layer in Layer:
        if layer not in local and not any(layer in each.layers for each in left):
            text = f"Nobody else reads the {layer} layer: what comes would be lost."
            raise ClientError("recipient_is_last", text, "Add another recipient first.")
    return left
