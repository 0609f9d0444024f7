"""A sender of letters that sends none."""

from firedoor.edges.notify.sender import Letter


class Kept:
    """A sender that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.is_closed = False

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)

    def close(self, wait_s: float = 2.0) -> None:
        self.is_closed = True
