"""What the journal takes from the world: a disk, time, chance, keys, and those who are told."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from firedoor.core.record.facts import IndexRow
from firedoor.core.record.seal import KEY_BYTES, SALT_BYTES
from firedoor.edges.store.journal.disk import Disk
from firedoor.edges.store.journal.room import Marks
from firedoor.edges.store.journal.segments import SIZES, Sizes
from firedoor.edges.store.journal.waiters import Limits
from firedoor.model.entry import Layer

MAX_QUEUED = 64 << 20
"""Bytes that may wait for the disk. Beyond it callers are refused instead of memory growing."""


class KeyUnwrap(Protocol):
    """Opens wrapped session keys."""

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """Decrypt with the identities at hand; None if it is for others. Raises IntegrityError if damaged."""
        ...


class KeyWrap(Protocol):
    """Wraps session keys for those who may read."""

    def wrap(self, key: bytes, layer: Layer) -> bytes:
        """Encrypt to every recipient of the layer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the journal takes from the world. Tests give their own."""

    disk: Disk
    now_us: Callable[[], int] = lambda: time.time_ns() // 1000
    entropy: Callable[[int], bytes] = os.urandom
    origin: str = "firedoor"
    limits: Limits = field(default_factory=Limits)
    max_queued: int = MAX_QUEUED
    sizes: Sizes = SIZES
    marks: Marks = field(default_factory=Marks)
    unwrap: KeyUnwrap | None = None
    """Opens what an earlier process recorded, to name the calls that it left without an outcome."""

    def fresh_key(self) -> tuple[bytes, bytes]:
        """Make a key and a salt."""
        return self.entropy(KEY_BYTES), self.entropy(SALT_BYTES)


OnDurable = Callable[[list[IndexRow]], None]
"""Takes the rows of a group."""
OnDurableFrames = Callable[[int, int, list[bytes]], None]
"""Takes a segment's number, where in it the first frame of a group begins, and all frames of the group."""
