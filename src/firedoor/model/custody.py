"""Who may open recordings."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.entry import Layer


class Custody(StrEnum):
    """What the machine that records may open itself."""

    LOCAL = "local"
    """Both layers: the local replay identity is one recipient."""
    VIEW = "view"
    """The view alone. The raw layer is for other recipients."""
    SEALED = "sealed"
    """Nothing. The gateway cannot read what it has recorded."""

    @property
    def local_layers(self) -> frozenset[Layer]:
        """The layers that the local replay identity opens."""
        return _LOCAL[self]


_LOCAL = {
    Custody.LOCAL: frozenset(Layer),
    Custody.VIEW: frozenset({Layer.VIEW}),
    Custody.SEALED: frozenset[Layer](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody whom keys are wrapped for."""

    name: str
    recipient: str
    """A public key of age: `age1…`."""
    layers: frozenset[Layer]
