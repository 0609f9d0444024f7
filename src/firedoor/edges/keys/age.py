"""Session keys in age files: wrapped for all who may read a layer, opened with the identities at hand.

The files are ordinary age files: `age -d -i replay.agekey view-0.age` opens a wrapped session key.
No key is ever logged.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyrage

from firedoor.edges.keys.identity import make_identity, read_identities
from firedoor.edges.keys.recipients import check_recipient, load_recipients
from firedoor.model.custody import Custody, Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import IntegrityError, SettingsError

IDENTITY_FILE = "replay.agekey"
RETIRED_FILE = "replay-retired.agekey"
"""The local identity before the last rotation, until every key is wrapped for the new one."""
LOCAL_NAME = "local"
_FOR_OTHERS = "No matching keys"
"""What pyrage says of a file that is whole, as far as can be told without a key, and for others."""


class KeyRing:
    """Wraps keys for the recipients of their layer, and opens what is wrapped for an identity at hand."""

    def __init__(self, keys_dir: Path, custody: Custody, files: Sequence[Path], *, has_local: bool) -> None:
        """Use `open` or `only`."""
        self._keys_dir = keys_dir
        self._custody = custody
        self._files = files
        self._has_local = has_local
        self._identities: list[pyrage.x25519.Identity] = []
        self._recipients: tuple[Recipient, ...] = ()
        self._by_layer: Mapping[Layer, list[pyrage.x25519.Recipient]] = {}
        self.reload()

    @classmethod
    def open(
        cls,
        data_dir: Path,
        custody: Custody = Custody.LOCAL,
        *,
        identities: Sequence[Path] = (),
        may_make: bool = True,
    ) -> "KeyRing":
        """Read the local replay identity and further ones, and who else may read.

        `may_make`: the local identity is made if there is none and it is to open anything.

        Raises:
            SettingsError: a key file or the list of recipients is damaged, or others may read a key file.
        """
        keys_dir = data_dir / "keys"
        local = keys_dir / IDENTITY_FILE
        if may_make and custody.local_layers and not local.exists():
            make_identity(local)
        return cls(keys_dir, custody, identities, has_local=True)

    @classmethod
    def only(cls, data_dir: Path, identities: Sequence[Path]) -> "KeyRing":
        """A ring without the local identity, as if it were lost.

        Raises:
            SettingsError: a key file or the list of recipients is damaged, or others may read a key file.
        """
        return cls(data_dir / "keys", Custody.SEALED, identities, has_local=False)

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Who keys are wrapped for from now on."""
        return self._recipients

    def reload(self) -> None:
        """Read again who keys are wrapped for, and the local identity.

        Raises:
            SettingsError: a file is damaged; nothing is changed then.
        """
        recipients = [*self._local(), *load_recipients(self._keys_dir)]
        own = (self._keys_dir / IDENTITY_FILE, self._keys_dir / RETIRED_FILE) if self._has_local else ()
        files = [*(file for file in own if file.exists()), *self._files]
        self._identities = [identity for file in files for identity in read_identities(file)]
        self._by_layer = {
            layer: [check_recipient(each) for each in recipients if layer in each.layers] for layer in Layer
        }
        self._recipients = tuple(recipients)

    @property
    def may_open(self) -> bool:
        """Whether there is any identity at hand."""
        return bool(self._identities)

    @property
    def may_record(self) -> bool:
        """Whether somebody can read each layer of what is recorded."""
        return all(self._by_layer.values())

    def require_recipients(self) -> None:
        """Refuse to record what nobody could read.

        Raises:
            SettingsError: a layer has no recipient.
        """
        for layer, recipients in self._by_layer.items():
            if not recipients:
                raise SettingsError(
                    "recipients_missing",
                    f"Nobody could read the {layer} layer: record.mode is {self._custody}, and no other "
                    "recipient is named.",
                    "Name one: firedoor keys add-recipient age1… --name NAME"
                    + (" --raw" if layer is Layer.RAW else ""),
                )

    def wrap(self, key: bytes, layer: Layer = Layer.VIEW) -> bytes:
        """Encrypt to every recipient of the layer.

        Raises:
            SettingsError: it has none.
        """
        recipients = self._by_layer[layer]
        if not recipients:
            raise SettingsError("recipients_missing", f"The {layer} layer has no recipient.")
        return pyrage.encrypt(key, recipients)

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """Decrypt with the identities at hand; None if it was wrapped for others.

        Raises:
            IntegrityError: it was changed.
        """
        return unwrap(wrapped, self._identities)

    def _local(self) -> list[Recipient]:
        layers = self._custody.local_layers
        if not layers or not (self._keys_dir / IDENTITY_FILE).exists():
            return []
        identity = read_identities(self._keys_dir / IDENTITY_FILE)[0]
        return [Recipient(name=LOCAL_NAME, recipient=str(identity.to_public()), layers=layers)]


def unwrap(wrapped: bytes, identities: Sequence[pyrage.x25519.Identity]) -> bytes | None:
    """Decrypt an age file; None if it was wrapped for others.

    Raises:
        IntegrityError: it was changed.
    """
    try:
        return pyrage.decrypt(wrapped, identities)
    except pyrage.DecryptError as fault:
        if _FOR_OTHERS in str(fault):
            return None
        raise IntegrityError("key_damaged", f"A wrapped key is damaged: {fault}") from fault
