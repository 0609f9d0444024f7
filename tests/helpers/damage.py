"""What an attacker does to files, as the vectors of the record write it."""

from pathlib import Path


def do(what: dict, root: Path) -> None:
    if "flip" in what:
        path, bit = what["flip"]
        content = bytearray((root / path).read_bytes())
        content[bit // 8] ^= 1 << bit % 8
        (root / path).write_bytes(bytes(content))
    if "cut" in what:
        path, size = what["cut"]
        (root / path).write_bytes((root / path).read_bytes()[:size])
    if "remove" in what:
        (root / what["remove"]).unlink()
