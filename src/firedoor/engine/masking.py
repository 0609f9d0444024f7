"""Carries out masking.

Small messages where they are, large ones on one thread beside, so that nobody waits for them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from firedoor.core.mask.messages.message import LARGE, MessageMask, Seen
from firedoor.core.mask.messages.reveal import Revealed, revealed
from firedoor.core.mask.tokens.maker import MaskKeys, TokenMaker
from firedoor.core.sight import Mask, Reveal
from firedoor.engine.running import Running
from firedoor.model.errors import SettingsError

log = logging.getLogger("firedoor.engine")

LOOK_S = 0.25
"""How long a newer key may go unseen."""


def _none() -> None:
    return None


def _as_it_came(payload: bytes) -> Seen:
    return Seen(view=payload, raw=payload)


def _both(first: Seen, after: Seen) -> Seen:
    """What two masks made of a message, one behind the other."""
    return Seen(
        view=after.view,
        raw=first.raw,
        found=first.found + after.found,
        withheld=after.withheld,
        begun=first.begun + after.begun,
        ends=first.ends or after.ends,  # of the first: what the upstream said, and no mask changed
        heads=first.heads or after.heads,
        undecided=after.undecided,
    )


@dataclass(slots=True, kw_only=True)
class Masking:
    """The masks of all upstreams and rules. A name without a mask withholds: nothing passes unmasked."""

    masks: Mapping[str, MessageMask] = field(default_factory=dict[str, MessageMask])
    """By profile."""
    tokens: TokenMaker | None = None
    newer_keys: Callable[[], tuple[MaskKeys, ...] | None] = _none
    """The keys of masking, if an epoch has begun since it was asked last."""
    _asked_at: float = 0.0
    _beside: ThreadPoolExecutor | None = None

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {Mask: self._mask, Reveal: self._reveal}

    def _mask(self, command: Mask, _: Running) -> Awaitable[Seen]:
        return self.mask(command)

    async def mask(self, command: Mask) -> Seen:
        """Mask a message, also for people who look at it later."""
        self._take_newer_keys()
        seen: Seen | None = None
        for profile in command.profiles:
            payload, mask = command.payload if seen is None else seen.view, self.masks.get(profile)
            if mask is None:
                return replace(seen or _as_it_came(payload), withheld=f"there is no mask profile {profile}")
            is_small = len(payload) < LARGE
            after = (
                mask.seen(payload, command.around) if is_small else await self._aside(mask, command, payload)
            )
            seen = after if seen is None else _both(seen, after)
            if seen.withheld or seen.undecided:
                return seen
        return seen or _as_it_came(command.payload)

    async def _aside(self, mask: MessageMask, command: Mask, payload: bytes) -> Seen:
        if self._beside is None:
            self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="firedoor-mask")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._beside, lambda: mask.seen(payload, command.around, is_aside=True)
        )

    def _take_newer_keys(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.tokens is None or now - self._asked_at < LOOK_S:
            return
        self._asked_at = now
        try:
            keys = self.newer_keys()
        except SettingsError as fault:
            # Nothing leaves that would not have: tokens are of the epoch before.
            log.error("a newer key of masking cannot be taken: %s", fault.message)  # noqa: TRY400 - no traceback
            return
        if keys is not None:
            self.tokens.take(keys)
            log.info("masking goes on in key epoch %d", keys[0].epoch)

    async def _reveal(self, command: Reveal, _: Running) -> Revealed | None:
        self._take_newer_keys()
        mask = self.masks.get(command.profile)
        if mask is None or self.tokens is None:
            return None
        return revealed(command.message, mask.reveal_to, self.tokens)

    def close(self) -> None:
        """Let go of the thread."""
        if self._beside is not None:
            self._beside.shutdown(wait=False, cancel_futures=True)
