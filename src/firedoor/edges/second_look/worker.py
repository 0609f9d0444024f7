"""The process of a second look: `python -m firedoor.edges.second_look.worker EXTRA`. Does nothing else.

A frame is four bytes of length, big endian, and that many bytes: in JSON `[text, field]`, out the sightings.
The first frame is empty when it is ready, and says else why it is not. It reads foreign files and texts, so
that it has little memory, writes no file and leaves no image of itself behind; and it ends when its input
ends, so that it never outlives the command that started it.
"""

import resource
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO

import msgspec

from firedoor.edges.second_look import names, pack
from firedoor.model.second_look import Sighting

LENGTH = struct.Struct(">I")
LARGEST_MEMORY = 2 * 1024 * 1024 * 1024
"""Of addresses. The model takes 340 MB of them, the pack 100 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What can be installed beside Firedoor to look with."""

    is_installed: Callable[[], bool]
    finder: Callable[[], Callable[[str, str], Sequence[Sighting]]]
    sample: str
    seen: Sequence[tuple[str, str]]
    """Kinds and texts that it must see in its sample, or it is not used."""


EXTRAS: Mapping[str, Extra] = MappingProxyType(
    {
        "ner": Extra(
            is_installed=names.is_installed, finder=names.finder, sample=names.SAMPLE, seen=names.SEEN
        ),
        "secrets": Extra(
            is_installed=pack.is_installed, finder=pack.finder, sample=pack.SAMPLE, seen=pack.SEEN
        ),
    }
)
"""By the name that stands in the brackets: `pip install 'firedoor[ner]'`."""


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """Write one frame."""
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def serve(extra: Extra, source: IO[bytes], sink: IO[bytes]) -> None:
    """Look at texts until the input ends."""
    try:
        find = extra.finder()
    except (ImportError, OSError, ValueError, RuntimeError) as fault:
        write_frame(sink, f"{type(fault).__name__}: {fault}".encode("utf-8", "replace"))
        return
    write_frame(sink, b"")
    questions = msgspec.json.Decoder(tuple[str, str])
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        text, field = questions.decode(source.read(LENGTH.unpack(head)[0]))
        write_frame(sink, msgspec.json.encode(list(find(text, field))))


def main() -> None:
    """Run as a process."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    serve(EXTRAS[sys.argv[1]], sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
