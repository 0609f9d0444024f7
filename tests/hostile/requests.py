"""Malformed requests, made from a seed: the same ones on every machine.

`hostile_requests` gives them: raw bytes, each for a connection of its own, no two the same. Most start from a request that would be
accepted, so that what is wrong with them is the only thing that is.
"""

# Tables of odd texts read better in long lines, and a seed is the point of the generator.
# ruff: noqa: E501, S311

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.helpers.live_gateway import META, modern_headers

EVIL = "x-evil: smuggled"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Where to send it, and with what."""

    port: int
    token: str
    session: dict[str, str]


class Draft:
    """A request that would be accepted, until something is done to it."""

    def __init__(self, rng: random.Random, aim: Aim) -> None:
        self.rng = rng
        self.path = rng.choice(["/mcp/crm"] * 9 + ["/mcp/closed"])
        self.verb = "POST"
        self.is_modern = rng.random() < 0.5
        params: dict = {"name": "echo", "arguments": {"text": "hello", "n": 1, "more": some_json(rng, 3)}}
        if self.is_modern:
            params["_meta"] = META
        self.message: dict = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
        self.body: bytes | None = None
        self.headers: list[tuple[str, str]] = [
            ("Host", f"127.0.0.1:{aim.port}"),
            ("Authorization", f"Bearer {aim.token}"),
            ("Content-Type", "application/json"),
        ]
        more = modern_headers("tools/call", "echo") if self.is_modern else aim.session
        self.headers += more.items()
        self.has_length = True
        self.is_reordered = rng.random() < 0.7

    def text(self) -> bytes:
        return json.dumps(self.message, ensure_ascii=False).encode() if self.body is None else self.body

    def raw(self) -> bytes:
        body = self.text()
        headers = list(self.headers)
        if self.has_length:
            headers.append(("Content-Length", str(len(body))))
        if self.is_reordered:
            first, *rest = headers
            self.rng.shuffle(rest)
            headers = [first, *((self.rng.choice([n, n.lower(), n.upper()]), v) for n, v in rest)]
        head = f"{self.verb} {self.path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
        return head.encode("utf-8", "surrogatepass") + b"\r\n" + body

    def replace(self, old: bytes, new: bytes) -> None:
        self.body = self.text().replace(old, new, 1)

    def set(self, name: str, value: str) -> None:
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()] + [(name, value)]

    def drop(self, name: str) -> None:
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]


def some_json(rng: random.Random, depth: int) -> object:
    """Anything that JSON can say, as arguments of a call that nothing is wrong with."""
    kind = rng.randrange(8 if depth else 6)
    if kind < 2:
        return rng.choice([True, False, None])
    if kind == 2:
        return rng.randrange(-(2**53), 2**53)
    if kind == 3:
        return rng.uniform(-1e9, 1e9)
    if kind < 6:
        return "".join(rng.choice('abc \u00e9\u4e2d\U0001f600"\\/\n<&') for _ in range(rng.randrange(9)))
    inner = [some_json(rng, depth - 1) for _ in range(rng.randrange(4))]
    return inner if kind == 6 else {f"m{number}": item for number, item in enumerate(inner)}


def bytes_changed(d: Draft) -> None:
    body = bytearray(d.text())
    for _ in range(d.rng.randint(1, 6)):
        at = d.rng.randrange(len(body))
        match d.rng.randrange(4):
            case 0:
                body[at] = d.rng.randrange(256)
            case 1:
                del body[at : at + d.rng.randint(1, 8)]
            case 2:
                body[at:at] = d.rng.randbytes(d.rng.randint(1, 8))
            case _:
                body[at:at] = body[: d.rng.randint(1, 30)]
        body = body or bytearray(b"x")
    d.body = bytes(body)


def members_twice(d: Draft) -> None:
    name, value = d.rng.choice(
        [("method", '"tools/list"'), ("id", "8"), ("params", "{}"), ("jsonrpc", '"2.0"'), ("name", '"other"'),
         ("text", '"twice"'), ("m\\u0065thod", '"tools/list"'), ("p\\u0061rams", "{}"), ("n\\u0061me", '"x"')]
    )  # fmt: skip
    place = b'"name"' if name in ("name", "n\\u0061me") else b'"text"' if name == "text" else b'"jsonrpc"'
    d.replace(place, f'"{name}": {value}, '.encode() + place)


def lookalikes(d: Draft) -> None:
    name = d.rng.choice(
        ["Method", "METHOD", "Id", "ID", "Params", "param\u017f", "JSONRPC", "Result", "Error"]
    )
    if d.rng.random() < 0.5:
        d.message[name] = d.message.get(name.lower(), {})
        return
    inner = d.rng.choice(["Name", "NAME", "Arguments", "argument\u017f", "_Meta", "Ta\u017fk", "ta\u212a"])
    d.message["params"][inner] = "other"


def numbers(d: Draft) -> None:
    number = d.rng.choice(
        [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e400", b"01", b"+1", b".5", b"1.", b"0x10", b"1_0", b"--1",
         b"9" * d.rng.choice([20, 308, 309, 400, 5000]), b"1" + b"0" * 300 + b"e9", b"1E+309", b"-", b"1e", b"1.5",
         b"true", b"null", b"[1]", b"9007199254740993", b"1e5", b"-0"]
    )  # fmt: skip
    where, what = d.rng.choice([(b'"id": 7', b'"id": '), (b'"n": 1', b'"n": ')])
    d.replace(where, what + number)


def letters(d: Draft) -> None:
    text = d.rng.choice(
        [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\\ud800", b"\\udc00\\ud800", b"\x00", b"\n",
         b"\x1f", b"\\x41", b"\\u12", b"\\", b"\xe2\x80\xa8", b"\\u0000", b"\\r\\nX-Evil: 1\\r\\n", b"\x7f", b"\xef\xbf\xbe"]
    )  # fmt: skip
    d.replace(d.rng.choice([b"hello", b"echo", b"tools/call", b'"id"']), text)
    if d.rng.random() < 0.2:
        d.body = d.rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\x0c", b"\xa0"]) + d.text()


def depths(d: Draft) -> None:
    deep = d.rng.choice([60, 63, 64, 65, 100, 199, 200, 201, 5000, 100_000])
    opened, closed = d.rng.choice([(b"[", b"]"), (b'{"a":', b"}"), (b"[", b""), (b'[{"a":', b"}]")])
    d.replace(b'"hello"', opened * deep + b"1" + closed * deep)


def envelopes(d: Draft) -> None:
    other = d.rng.choice(
        [[], {}, None, 1, "x", [d.message], [d.message] * 3, {**d.message, "jsonrpc": "1.0"}, {**d.message, "id": None},
         {**d.message, "id": True}, {**d.message, "id": {}}, {**d.message, "id": ""}, {**d.message, "method": ""},
         {**d.message, "method": 1}, {**d.message, "method": "tools/CALL"}, {**d.message, "method": "x" * 5000},
         {**d.message, "params": []}, {**d.message, "params": None}, {**d.message, "result": {}},
         {k: v for k, v in d.message.items() if k != "id"}, {k: v for k, v in d.message.items() if k != "method"},
         {"jsonrpc": "2.0", "id": 7, "result": {}, "error": {}}, {"jsonrpc": "2.0", "id": 7, "result": {}},
         {"jsonrpc": "2.0", "method": "notifications/\r\nx"}, {"jsonrpc": "2.0", "method": "notifications/initialized"},
         {**d.message, "params": {"name": ["echo"]}}, {**d.message, "params": {"name": ""}}, {**d.message, "extra": 1},
         {**d.message, "method": "initialize"}, {**d.message, "method": "resources/read"}]
    )  # fmt: skip
    d.body = json.dumps(other).encode()


def eras(d: Draft) -> None:
    d.set("MCP-Protocol-Version", d.rng.choice(
        ["2026-07-28", "2025-11-25", "2024-11-05", "2031-01-01", "", "draft", "2026-07-28, 2025-11-25", "\u0662026-07-28"]
    ))  # fmt: skip
    d.set(
        "Mcp-Method",
        d.rng.choice(["tools/call", "tools/list", "TOOLS/CALL", "", " tools/call", "tools/call\t"]),
    )
    if d.rng.random() < 0.5:
        d.message["params"]["_meta"] = d.rng.choice(
            [META, {}, None, [], {**META, "io.modelcontextprotocol/protocolVersion": "2025-11-25"},
             {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}, {**META, "IO.modelcontextprotocol/x": 1}]
        )  # fmt: skip
    if d.rng.random() < 0.3:
        d.set("Mcp-Session-Id", d.rng.choice(["", "x", "a" * 3000, "up-1", "../..", "\x7f"]))


def sentinels(d: Draft) -> None:
    d.set("Mcp-Name", d.rng.choice(
        ["=?base64?ZWNobw==?=", "=?base64?ZWNobw?=", "=?BASE64?ZWNobw==?=", "=?base64?ZWNobx==?=", "=?base64??=",
         "=?base64?ZWNobw==", "=?base64?/w==?=", "=?base64?ZWNo bw==?=", "=?base64?Li4vZWNobw==?=", "echo ", "Echo",
         "=?base64?7aCA?=", "=?utf-8?B?ZWNobw==?=", "echo\techo", "", "echo, echo", "\u00e9cho"]
    ))  # fmt: skip


def hosts(d: Draft) -> None:
    if d.rng.random() < 0.5:
        d.set("Host", d.rng.choice(
            ["evil.example", "", "127.0.0.1", "127.0.0.1:1", "localhost.", "127.0.0.1:80:80", "user@127.0.0.1", "[::1]", "\u2028"]
        ))  # fmt: skip
    else:
        d.set(
            "Origin",
            d.rng.choice(
                ["https://evil.example", "null", "", "http://127.0.0.1", "file://", "http://127.0.0.1.evil"]
            ),
        )


def paths(d: Draft) -> None:
    d.path = d.rng.choice(
        ["/mcp/", "/mcp", "/mcp/crm/", "/mcp//crm", "/mcp/crm/../closed", "/mcp/%63rm", "/%6dcp/closed", "/mcp/crm%00", "*",
         "/mcp/crm%2f..%2fclosed", "/mcp/crm?upstream=closed", "/mcp/crm#x", "http://evil/mcp/crm", "/mcp/CRM", "//mcp/crm",
         "/mcp/%ff%fe", "/mcp/" + "a" * 9000, "/mcp/crm;closed", "\\mcp\\crm", "/mcp/%", "/mcp/%zz", "mcp/crm", "/mcp/\u00e9"]
    )  # fmt: skip


def verbs(d: Draft) -> None:
    d.verb = d.rng.choice(
        [
            "PUT",
            "PATCH",
            "OPTIONS",
            "HEAD",
            "TRACE",
            "CONNECT",
            "post",
            "P0ST",
            "POST POST",
            "",
            "PRI",
            "PROPFIND",
            "X" * 999,
        ]
    )


def heads(d: Draft) -> None:
    name, value = d.rng.choice(
        [("Mcp-Method", "tools/list"), ("Mcp-Name", "other"), ("Authorization", "Bearer x"), ("Content-Type", "text/plain"),
         ("Host", "evil.example"), ("MCP-Protocol-Version", "2025-11-25"), ("Mcp-Session-Id", "x"), ("Origin", "null"),
         ("Content-Encoding", "gzip"), ("Content-Type", "application/json; charset=utf-16"), ("Accept", "\x01"),
         ("Upgrade", "websocket"), ("Connection", "upgrade"), ("Expect", "100-continue"), ("Expect", "200-ok"),
         ("X-A", "a" * 17_000), ("X-A", "a" * 200_000), ("Mcp-Param-X", f"1\r\n{EVIL}"), ("Mcp-Name", f"echo\r\n{EVIL}"),
         ("Accept", f"*/*\r\n {EVIL}"), ("X-Fold", f"a\r\n\t{EVIL}"), ("X-Bare", f"a\n{EVIL}"), ("X-Cr", f"a\r{EVIL}"),
         ("X-Nul", "a\x00b"), ("Bad Name", "x"), ("Bad(Name)", "x"), ("Mcp-Method ", "tools/list"), ("", "x"),
         ("Mcp-Param-\u00e9", "x"), ("Cookie", f"a=b; {EVIL}"), ("Last-Event-Id", f"1\n{EVIL}"), ("Forwarded", "for=1.1.1.1")]
    )  # fmt: skip
    d.headers.insert(d.rng.randrange(len(d.headers) + 1), (name, value))
    if d.rng.random() < 0.02:
        d.headers += [(f"X-{number}", "y" * 40) for number in range(2000)]


def lengths(d: Draft) -> None:
    body = d.text()
    smuggled = b"POST /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    d.has_length = False
    chunk = b"%x\r\n%b\r\n" % (len(body), body)
    kind = d.rng.randrange(12)
    if kind < 6:
        d.headers.append(("Content-Length", str(len(body))))
        second = [("Content-Length", "0"), ("Content-Length", f"{len(body)}, 0"), ("Content-Length", f"+{len(body)}"),
                  ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity"), ("Transfer-Encoding ", "chunked")]  # fmt: skip
        d.headers.append(second[kind])
        d.body = d.rng.choice([body, chunk + b"0\r\n\r\n" + smuggled])
        return
    if kind == 6:
        d.headers.append(
            (
                "Content-Length",
                d.rng.choice(["-1", "0x10", "1e3", "", " ", "9" * 30, f"{len(body)}\x0b", "1_0"]),
            )
        )
        return
    d.headers.append(
        (
            "Transfer-Encoding",
            d.rng.choice(["chunked", "chunked, chunked", "xchunked", "CHUNKED", "gzip, chunked"]),
        )
    )
    d.body = d.rng.choice(
        [chunk + b"0\r\n\r\n", b"zz\r\n" + body, b"-1\r\n" + body, b"%x;ext\r\n%b\r\n0\r\n\r\n" % (len(body), body),
         b"%x\n%b\n0\n\n" % (len(body), body), chunk + b"0\r\nMcp-Name: other\r\n\r\n", b"ffffffffffffffffff\r\n" + body,
         b"%x\r\n%b0\r\n\r\n" % (len(body), body), b"0x%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), chunk + b"0\r\n" + smuggled]
    )  # fmt: skip


def types(d: Draft) -> None:
    if d.rng.random() < 0.3:
        d.drop(
            d.rng.choice(
                [
                    "Host",
                    "Authorization",
                    "Content-Type",
                    "MCP-Protocol-Version",
                    "Mcp-Method",
                    "Mcp-Session-Id",
                ]
            )
        )
        return
    d.set("Content-Type", d.rng.choice(
        ["text/plain", "application/json; charset=utf-7", "application/json;charset=\"utf-8\"", "multipart/form-data",
         "application/x-www-form-urlencoded", "application/json, text/plain", "application/jsonx", "", "APPLICATION/JSON"]
    ))  # fmt: skip


def tokens(d: Draft) -> None:
    d.set("Authorization", d.rng.choice(
        ["Bearer", "Bearer ", "bearer x", "Basic x", "Bearer \u00e9", "Bearer a b", "Bearer ' or 1=1 --", "Bearer " + "a" * 9000,
         "Bearer \x7f", "Negotiate", "Bearer fd_" + "A" * 43]
    ))  # fmt: skip


KINDS: dict[str, Callable[[Draft], None]] = {
    kind.__name__: kind
    for kind in (
        bytes_changed,
        members_twice,
        lookalikes,
        numbers,
        letters,
        depths,
        envelopes,
        eras,
        sentinels,
        hosts,
        paths,
        verbs,
        heads,
        lengths,
        types,
        tokens,
    )
}


def hostile_request(seed: int, aim: Aim) -> tuple[str, bytes]:
    """The kind and the bytes of one request. Every 50th is noise without any HTTP in it, or cut short."""
    rng = random.Random(seed)
    if seed % 100 == 0:
        return "noise", rng.randbytes(rng.randint(1, 400)) + b"\r\n\r\n"
    name = list(KINDS)[seed % len(KINDS)]
    draft = Draft(rng, aim)
    KINDS[name](draft)
    while rng.random() < 0.3:
        KINDS[rng.choice(list(KINDS))](draft)
    raw = draft.raw()
    if seed % 100 == 50:
        return "cut", raw[: rng.randrange(1, len(raw))]
    return name, raw


def hostile_requests(count: int, aim: Aim) -> Iterator[tuple[str, bytes]]:
    """So many requests, no two of them the same."""
    seen: set[bytes] = set()
    for seed in itertools.count():
        kind, raw = hostile_request(seed, aim)
        if raw not in seen:
            seen.add(raw)
            yield kind, raw
        if len(seen) == count:
            return
