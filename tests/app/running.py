"""What answers for a gateway: the journal's lock, and the socket of operators, on a loop of its own."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager

from firedoor.app.acts import record_ring, verbs_of_the_record
from firedoor.app.settings.resolved import Settings
from firedoor.edges.inbound.admin_socket import AdminSocket
from firedoor.edges.store.journal.writer import Journal


@contextmanager
def running(settings: Settings) -> Generator[Journal]:
    """Answer on the socket until the end of the block."""
    settings.data_dir.mkdir(exist_ok=True)
    ring = record_ring(settings)
    journal = Journal.open(settings.data_dir, keys=ring)
    loop = asyncio.new_event_loop()
    socket = AdminSocket(settings.data_dir, verbs_of_the_record(journal, ring, journal.renew_keys))
    loop.run_until_complete(socket.open())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield journal
    finally:
        asyncio.run_coroutine_threadsafe(socket.close(), loop).result()
        asyncio.run_coroutine_threadsafe(_rest(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        journal.close()


async def _rest() -> None:
    """Let what still answers end."""
    own = asyncio.current_task()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not own))
