"""The process that reads statements: `python -m firedoor.edges.understanding.worker`. Does nothing else.

A frame is four bytes of length, big endian, and that many bytes of JSON: in `[text, dialect]`, out the facts.
An empty frame says that it is ready. It ends when its input ends, so it never outlives the gateway.
"""

import resource
import struct
import sys
from typing import IO

import msgspec

from firedoor.core.decide.sql.understand import understand_sql

LENGTH = struct.Struct(">I")
LARGEST_MEMORY = 2 * 1024 * 1024 * 1024
"""Of addresses. Parsers have turned 450 KB of text into a gigabyte of tree."""


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """Write one frame."""
    stream.write(LENGTH.pack(len(body)) + body)
    stream.flush()


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer statements until the input ends."""
    understand_sql("SELECT 1", "postgres")  # what is loaded at first use is loaded before the first deadline
    questions = msgspec.json.Decoder(tuple[str, str])
    write_frame(sink, b"")
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        text, dialect = questions.decode(source.read(LENGTH.unpack(head)[0]))
        write_frame(sink, msgspec.json.encode(understand_sql(text, dialect)))


def main() -> None:
    """Run as a process."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
