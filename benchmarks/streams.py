"""The memory of 1,000 idle event streams: GET streams of legacy sessions, then `subscriptions/listen`."""

import asyncio
import http.client
from collections.abc import Iterable

import messages
import meter
from bout import measured, sessions, standing
from contestants import Stand
from contestants.gateway import Gateway
from launch import Cores, Unavailable
from messages import Door

STREAMS = 1_000
QUICK_STREAMS = 50
PROMISED_MIB = 60
_AT_ONCE = 32
_OPEN_WITHIN_S = 60
_SETTLE_S = 2.0
_FILTER = {"toolsListChanged": True}

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def _get(door: Door, session: str) -> bytes:
    sent = messages.headers(door, "GET", session=session) | {"Accept": "text/event-stream"}
    del sent["Content-Type"]
    lines_ = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"GET {door.path} HTTP/1.1\r\n{lines_}\r\n".encode()


def _listen(door: Door, number: int) -> bytes:
    content = messages.body(
        door, "subscriptions/listen", {"notifications": _FILTER}, messages.FIRST_ID + number
    )
    return messages.wire(door, messages.headers(door, "subscriptions/listen"), content)


async def _open(door: Door, request: bytes, gate: asyncio.Semaphore) -> Stream:
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _OPEN_WITHIN_S)
        status = int(head.split(b" ", 2)[1])
        if status != http.client.OK or b"text/event-stream" not in head.lower():
            raise Unavailable(f"a stream was not opened: {head[:200].decode(errors='replace')}")
        return reader, writer


async def _held(door: Door, requests: Iterable[bytes], pids: list[int]) -> float:
    """Memory that the open streams add, in MiB."""
    before = meter.pss_mib(pids)
    gate = asyncio.Semaphore(_AT_ONCE)
    streams = await asyncio.gather(*(_open(door, request, gate) for request in requests))
    await asyncio.sleep(_SETTLE_S)
    added = meter.pss_mib(pids) - before
    ended = sum(reader.at_eof() for reader, _ in streams)
    for _, writer in streams:
        writer.close()
    if ended:
        raise Unavailable(f"{ended} of {len(streams)} streams were ended by the gateway")
    return added


def _requests(stand: Stand, count: int) -> list[bytes]:
    if stand.door.is_modern:
        return [_listen(stand.door, number) for number in range(count)]
    return [_get(stand.door, session) for session in sessions(stand, count)]


def lines(cores: Cores, *, is_quick: bool) -> list[str]:
    """Measure both kinds of stream, each on a fresh gateway."""
    count = QUICK_STREAMS if is_quick else STREAMS
    said = [f"### Memory of {count:,} idle event streams", "", "| | MiB | promised |", "|---|---:|---:|"]
    promised = PROMISED_MIB * count / STREAMS
    for kind, is_modern in (("GET of a legacy session", False), ("subscriptions/listen", True)):
        try:
            with standing(Gateway(name="firedoor", is_modern=is_modern), cores) as stand:
                requests = _requests(stand, count)
                added = asyncio.run(_held(stand.door, requests, measured(stand).pids))
            said.append(f"| {kind} | {added:.1f} | {promised:.0f} |")
        except Unavailable as reason:
            said.append(f"| {kind} | left out: {reason} | {promised:.0f} |")
    return [*said, ""]
