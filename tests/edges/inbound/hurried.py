"""A clock that tests push on."""

import asyncio


class HurriedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock tests push on."""

    ahead_s = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_s
