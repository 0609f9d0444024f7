"""Workers that do not do what they should. Run as `python -m tests.edges.second_look.blind HOW`."""

import os
import sys
import time

from firedoor.edges.second_look.worker import LENGTH, Extra, serve, write_frame
from firedoor.model.second_look import Sighting


def slow_or_seen(text: str, field: str) -> list[Sighting]:
    """Never answers about what holds the word `slow`, and dies of `dies`."""
    if "slow" in text:
        time.sleep(3_600)
    if "dies" in text:
        os._exit(3)
    if "much" in text:
        write_frame(sys.stdout.buffer, b" " * (5 * 1024 * 1024))
    at = text.find("Margaret Holloway")
    street = text.find("14 Birchwood Lane")
    seen = [("name", at, 17), ("address", street, 17)]
    return [
        Sighting(kind=kind, start=start, end=start + size, confidence=field)
        for kind, start, size in seen
        if start >= 0
    ]


def refused() -> None:
    """Is never ready."""
    raise OSError("no such model")


def main(how: str) -> None:
    """Run as a process."""
    if how == "cut":
        sys.stdout.buffer.write(LENGTH.pack(9))
        return
    find = {"blind": lambda text, field: [], "good": slow_or_seen}.get(how)
    extra = Extra(
        is_installed=lambda: True,
        finder=(lambda: find) if find is not None else refused,
        sample="",
        seen=(),
    )
    serve(extra, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1])
