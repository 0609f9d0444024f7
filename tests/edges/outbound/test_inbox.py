"""What is dropped is gone: nothing is read from it, and nothing keeps it alive."""

import gc
import weakref

import pytest

from firedoor.edges.outbound.inbox import Inbox
from firedoor.model.forwarding import UpstreamEvent

pytestmark = pytest.mark.anyio


class Owner:
    def __init__(self) -> None:
        self.inbox = Inbox(self.has_room)

    def has_room(self) -> None:
        """Be told of room."""


async def test_an_owner_is_freed_without_the_collector_once_its_inbox_is_dropped() -> None:
    owner = Owner()
    found = weakref.ref(owner)
    gc.disable()
    try:
        owner.inbox.drop()
        del owner
        assert found() is None
    finally:
        gc.enable()


async def test_what_was_dropped_is_not_read() -> None:
    inbox = Inbox()
    inbox.put(UpstreamEvent(payload=b"{}"))
    inbox.drop()
    assert await inbox.take() is None
