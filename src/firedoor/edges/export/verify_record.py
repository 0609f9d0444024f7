"""Verifies a record of Firedoor without Firedoor: one file, Python 3.8 or later, nothing to install.

    python3 verify_record.py DATA_DIR --key pinned-key.txt --checkpoint checkpoint.txt

Written from docs/spec/record-format.md alone. It shares no code with the gateway, and never writes.
Without session keys frames are compared with the log and stay closed. To open them too, unwrap keys with
age, one file for each (`mkdir -p KEYS/SESSION && age -d -i IDENTITY keys/SESSION/view-0.age >
KEYS/SESSION/view-0`), and give that folder: `--keys KEYS`. A tombstone says that a session was shredded; it
stands in a control session, so without the keys of those a session that is gone is an open question.

L0 frames decode - L1 every frame is a leaf, every leaf has its frame - L2 signed by a pinned key -
L3 consistent with a checkpoint that the auditor kept. Exit code 0: L2 or L3. 1: failed. 2: something could
not be looked at. 3: nothing is wrong, and no pinned key has signed it.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import hmac
import json
import os
import re
import struct
import sys
import time
import uuid
from typing import TYPE_CHECKING, Iterator, NamedTuple, Sequence

if TYPE_CHECKING:
    Point = tuple[int, int, int, int]

HEADER = struct.Struct(">HBBI16sQQHHI")
LEAF = struct.Struct(">BB16sQQ32sI")
OPEN, CONTROL, CLOSE, RECOVERED, LATE_US = 1, 6, 7, 8, 2_000_000
GOES_ON, PIECE = 4, 1 << 20
SALT, COMMITMENT, TAG = 24, 32, 16
TILE = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x\d{3}/)*\d{3}(\.p/[1-9]\d{0,2})?")
LEVELS = ("frames decode", "every frame is a leaf, every leaf has its frame", "signed by a pinned key",
          "consistent with a checkpoint that was kept")  # fmt: skip


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


# --- CRC-32C (RFC 3720) ----------------------------------------------------------------------------


def _crc_table() -> Iterator[int]:
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


CRC = tuple(_crc_table())


def crc32c(content: bytes) -> int:
    value = 0xFFFFFFFF
    for byte in content:
        value = CRC[(value ^ byte) & 255] ^ value >> 8
    return value ^ 0xFFFFFFFF


# --- Ed25519, verification (RFC 8032, section 5.1.7) -----------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
NEUTRAL: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


@functools.lru_cache(maxsize=64)
def _multiples(p: Point) -> list[list[Point]]:
    """Return j * 16^i * p, for i of 64 and j of 16: a product is then 64 sums."""
    found: list[list[Point]] = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(16):
            row.append(_add(row[-1], p))
        p = row.pop()
        found.append(row)
    return found


def _times(scalar: int, multiples: list[list[Point]]) -> Point:
    total = NEUTRAL
    for row in multiples:
        total = _add(total, row[scalar & 15])
        scalar >>= 4
    return total


BASE = _multiples(_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL)


class Key:
    """A public key line: name, id and Ed25519 key."""

    def __init__(self, line: str) -> None:
        match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", line)
        blob = unbase64(match.group(3)) if match else None
        if match is None or blob is None or len(blob) != 33 or blob[0] != 1:
            raise ValueError(f"{line[:80]!r} is no public key line")
        self.line, self.name, self.public = line, match.group(1), blob[1:]
        self.id = sha256(self.name.encode() + b"\n" + blob)[:4]
        point = _point(self.public)
        if self.id.hex() != match.group(2) or point is None:
            raise ValueError(f"{line[:80]!r} is no public key line")
        self._minus = _multiples((P - point[0], point[1], 1, P - point[3]))

    def signed(self, text: bytes, signature: bytes) -> bool:
        scalar = int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or scalar >= ORDER:
            return False
        digest = hashlib.sha512(signature[:32] + self.public + text).digest()
        challenge = int.from_bytes(digest, "little") % ORDER
        x, y, z, _ = _add(_times(scalar, BASE), _times(challenge, self._minus))
        inverse = pow(z, P - 2, P)
        encoded = y * inverse % P | (x * inverse % P & 1) << 255
        return encoded.to_bytes(32, "little") == signature[:32]


# --- signed notes and checkpoints ------------------------------------------------------------------


def unbase64(text: str) -> bytes | None:
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return content if base64.b64encode(content).decode() == text else None


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def open_note(note: bytes, keys: Sequence[Key]) -> Checkpoint | None:
    """Return the checkpoint if one of the keys signed it, and none of their signatures is wrong."""
    checkpoint = checkpoint_in(note)
    if checkpoint is None:
        return None
    text, _, below = note.decode("utf-8").rpartition("\n\n")
    signed = False
    for line in below.split("\n")[:-1]:
        match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        blob = unbase64(match.group(2)) if match else None
        if match is None or blob is None or len(blob) < 5:
            return None
        for key in keys:
            if (key.name, key.id) == (match.group(1), blob[:4]):
                if not key.signed((text + "\n").encode(), blob[4:]):
                    return None
                signed = True
    return checkpoint if signed else None


def checkpoint_in(note: bytes) -> Checkpoint | None:
    """Read the text of a note, whoever signed it."""
    try:
        written = note.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text, _, below = written.rpartition("\n\n")
    lines = text.split("\n")
    if len(note) > 65536 or re.search("[\x00-\x09\x0b-\x1f]", written) or not below.endswith("\n"):
        return None
    if len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        return None
    root = unbase64(lines[2])
    return Checkpoint(lines[0], int(lines[1]), root) if root is not None and len(root) == 32 else None


# --- AES-256-GCM and HKDF, to open frames ----------------------------------------------------------


def _aes_box() -> list[int]:
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p = p ^ p << 1 & 255 ^ (0x1B if p & 128 else 0)
        for shift in (1, 2, 4):
            q ^= q << shift & 255
        q ^= 0x09 if q & 128 else 0
        box[p] = 0x63
        for turn in range(5):
            box[p] ^= (q << turn | q >> 8 - turn) & 255
        if p == 1:
            return box


BOX = _aes_box()
TWICE = [value << 1 & 255 ^ (0x1B if value & 128 else 0) for value in range(256)]
MIX = [[_w >> 8 * turn | (_w << 32 - 8 * turn & 0xFFFFFFFF) for _w in
        (TWICE[s] << 24 | s << 16 | s << 8 | TWICE[s] ^ s for s in BOX)] for turn in range(4)]  # fmt: skip


class Cipher:
    """AES-256-GCM, opening only. Slow: some 100 KiB a second. Not in constant time: nobody is listening."""

    def __init__(self, key: bytes) -> None:
        words = list(struct.unpack(">8I", key))
        constant = 1
        for index in range(8, 60):
            word = words[-1]
            if index % 8 == 0:
                word = _boxed((word << 8 | word >> 24) & 0xFFFFFFFF) ^ constant << 24
                constant = TWICE[constant]
            elif index % 8 == 4:
                word = _boxed(word)
            words.append(words[-8] ^ word)
        self._words = words
        row, at = [0] * 129, int.from_bytes(self._block(bytes(16)), "big")
        for bit in range(128):
            row[bit], at = at, at >> 1 ^ (0xE1 << 120 if at & 1 else 0)
        self._table: list[list[int]] = []
        for byte in range(16):
            sums = [0] * 256
            for value in range(1, 256):
                low = value & -value
                sums[value] = sums[value ^ low] ^ row[8 * byte + 8 - low.bit_length()]
            self._table.append(sums)

    def _block(self, block: bytes) -> bytes:
        words, (t0, t1, t2, t3) = self._words, MIX
        s = [a ^ b for a, b in zip(struct.unpack(">4I", block), words)]
        for at in range(4, 56, 4):
            a, b, c, d = s
            s = [
                t0[x >> 24] ^ t1[y >> 16 & 255] ^ t2[z >> 8 & 255] ^ t3[w & 255] ^ words[at + n]
                for n, (x, y, z, w) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c)))
            ]
        out = [
            _boxed(s[n] & 0xFF000000 | s[n - 3] & 0xFF0000 | s[n - 2] & 0xFF00 | s[n - 1] & 255)
            ^ words[56 + n]
            for n in range(4)
        ]
        return struct.pack(">4I", *out)

    def _digest(self, content: bytes) -> int:
        total = 0
        for at in range(0, len(content), 16):
            block = total ^ int.from_bytes(content[at : at + 16].ljust(16, b"\0"), "big")
            total = 0
            for byte, sums in zip(block.to_bytes(16, "big"), self._table):
                total ^= sums[byte]
        return total

    def open(self, nonce: bytes, sealed: bytes, beside: bytes) -> bytes | None:
        body, tag = sealed[:-TAG], sealed[-TAG:]
        padded = beside + bytes(-len(beside) % 16) + body + bytes(-len(body) % 16)
        digest = self._digest(padded + struct.pack(">QQ", 8 * len(beside), 8 * len(body)))
        first = int.from_bytes(self._block(nonce + b"\0\0\0\1"), "big")
        if not hmac.compare_digest((digest ^ first).to_bytes(16, "big"), tag):
            return None
        stream = b"".join(
            self._block(nonce + struct.pack(">I", 2 + at)) for at in range((len(body) + 15) // 16)
        )
        return bytes(a ^ b for a, b in zip(body, stream))


def _boxed(word: int) -> int:
    return BOX[word >> 24] << 24 | BOX[word >> 16 & 255] << 16 | BOX[word >> 8 & 255] << 8 | BOX[word & 255]


def cipher_of(key: bytes, salt: bytes, layer: str, epoch: int) -> tuple[Cipher, bytes, bytes]:
    """Derive cipher, base nonce and commitment of a session key (HKDF, RFC 5869, with SHA-512)."""
    info = b"firedoor/fdrec/v1\0AES-256-GCM\0" + layer.encode() + b"\0" + struct.pack(">H", epoch)
    secret = hmac.new(salt, key, hashlib.sha512).digest()
    first = hmac.new(secret, info + b"\1", hashlib.sha512).digest()
    okm = first + hmac.new(secret, first + info + b"\2", hashlib.sha512).digest()
    return Cipher(okm[:32]), okm[32:44], okm[44:76]


# --- what was found --------------------------------------------------------------------------------


class Fault(NamedTuple):
    """Something that is wrong. `level` is the lowest level that does not hold because of it."""

    level: int
    code: str
    why: str
    file: str
    offset: int | None = None
    session: str | None = None
    sequence: int | None = None
    leaf: int | None = None


class Found(NamedTuple):
    """A frame, and where it stands."""

    file: str
    offset: int
    kind: int
    session: bytes
    sequence: int
    at_us: int
    flags: int
    length: int
    digest: bytes
    bytes: bytes | None

    @property
    def is_kept(self) -> bool:
        """Whether it stands in the file of its session, and not in the journal alone."""
        return self.file.startswith("sessions/")

    @property
    def layer(self) -> str:
        return "raw" if self.flags & 2 else "view"

    @property
    def goes_on(self) -> bool:
        """Whether the session's next frame holds more of the same entry."""
        return bool(self.flags & GOES_ON)

    @property
    def epoch(self) -> int:
        return self.flags >> 4


def text_of(session: bytes) -> str:
    return str(uuid.UUID(bytes=session))


def file_bytes(path: str, most: int = 1 << 40) -> bytes | None:
    """Read a file; nothing if there is none, or it is longer than `most`. A link or a pipe is no file."""
    if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > most:
        return None
    with open(path, "rb") as file:
        return file.read()


def names_in(path: str) -> list[str]:
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


def unpack(content: bytes, at: int) -> tuple[int, ...] | None:
    """Return kind, length of the body, sequence, instant and flags of a header; nothing if it is none."""
    if at + 48 > len(content):
        return None
    magic, version, kind, length, _, sequence, at_us, flags, zero, crc = HEADER.unpack_from(content, at)
    if magic != 0x4644 or version != 1 or kind > 9 or flags & 8 or zero:
        return None
    if crc != crc32c(content[at : at + 44]):
        return None
    return kind, length, sequence, at_us, flags


def preamble(content: bytes, magic: bytes) -> tuple[dict[str, object], int] | None:
    """Return the JSON at the beginning of a segment or session file, and where what follows begins."""
    if len(content) < 16 or content[:8] != magic:
        return None
    (length,) = struct.unpack_from(">I", content, 8)
    end = 12 + length
    if length > 4096 or end + 4 > len(content):
        return None
    if struct.unpack_from(">I", content, end)[0] != crc32c(content[:end]):
        return None
    try:
        parsed: object = json.loads(content[12:end].decode("utf-8"))
    except ValueError:
        return None
    return (parsed, end + 4) if isinstance(parsed, dict) else None  # pyright: ignore


class Record:
    """The frames of a data directory, and every place where none can be read."""

    def __init__(self, root: str, keep_bytes: bool) -> None:
        self.root, self._keep = root, keep_bytes
        self.faults: list[Fault] = []
        self.tails: list[Fault] = []
        self.behind_tail: list[Found] = []
        self.sessions: dict[bytes, dict[int, Found]] = {}
        self.order: dict[bytes, list[Found]] = {}
        self.journal: list[Found] = []
        self.numbers: dict[str, int] = {}
        self.origins: dict[str, str] = {}
        self._read_session_files()
        self._read_journal()
        self._read_torn()

    def _fault(self, code: str, why: str, file: str, offset: int | None = None, tail: bool = False) -> None:
        (self.tails if tail else self.faults).append(Fault(0, code, why, file, offset))

    def _frames(self, file: str, content: bytes, at: int, end: int, tail: bool = False) -> Iterator[Found]:
        """Read frames from `at` to `end`. Damage is told, and what follows it is read."""
        while at < end:
            header = frame_at(content, at, end)
            if header is None:
                if file.startswith("sessions/") or content[at:end].strip(b"\0"):
                    self._fault("frame_damaged", "no whole frame begins here", file, at, tail)
                at = content.find(b"FD\1", at + 1, end)
                while at >= 0 and not frame_at(content, at, end):
                    at = content.find(b"FD\1", at + 1, end)
                at = end if at < 0 else at
                continue
            kind, length, sequence, at_us, flags = header
            whole = content[at : at + 48 + length]
            yield Found(
                file, at, kind, whole[8:24], sequence, at_us, flags, len(whole), sha256(whole),
                whole if self._keep else None,
            )  # fmt: skip
            at += len(whole)

    def _put(self, frame: Found) -> None:
        self.sessions.setdefault(frame.session, {}).setdefault(frame.sequence, frame)
        order = self.order.setdefault(frame.session, [])
        if not order or frame.sequence > order[-1].sequence:  # else it was in the file of its session already
            order.append(frame)

    def _read_session_files(self) -> None:
        top = os.path.join(self.root, "sessions")
        for place, _, names in sorted(os.walk(top)):
            for name in sorted(name for name in names if not name.startswith(".")):
                path = os.path.join(place, name)
                file = os.path.relpath(path, self.root).replace(os.sep, "/")
                match = re.fullmatch(
                    r"sessions/(\d{4}/\d\d)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(fdrec|part)", file
                )
                if match is None or month_of(match.group(2)) != match.group(1):
                    self._fault("file_unknown", "no session has a file of this name", file)
                else:
                    self._read_session_file(path, file, match.group(2))

    def _read_session_file(self, path: str, file: str, session: str) -> None:
        content = file_bytes(path) or b""
        head = preamble(content, b"FDRECSF1")
        if head is None or head[0].get("session") != session:
            self._fault("frame_damaged", "the beginning of the file is damaged", file, 0)
        self.origins[file] = str(head[0].get("origin")) if head else ""
        begin = head[1] if head else max(content.find(b"FD\1"), 0)
        for number, frame in enumerate(self._frames(file, content, begin, len(content))):
            if text_of(frame.session) != session or frame.sequence != number:
                self.faults.append(fault_at(frame, 0, "frame_moved", "it was not written here"))
            self._put(frame)

    def _read_journal(self) -> None:
        names = [n for n in names_in(os.path.join(self.root, "journal")) if re.fullmatch(r"\d{20}\.seg", n)]
        before: tuple[int, str] | None = None
        for name in names:
            content = file_bytes(os.path.join(self.root, "journal", name)) or b""
            count = len(self.faults) + len(self.tails)
            used = self._read_segment("journal/" + name, content, before, name == names[-1])
            # Of a segment that is damaged that is told, and not that its successor follows another.
            is_whole = len(self.faults) + len(self.tails) == count
            before = int(name[:20]), hashlib.sha256(content[:used]).hexdigest() if is_whole else ""

    def _read_segment(self, file: str, content: bytes, before: tuple[int, str] | None, newest: bool) -> int:
        number = self.numbers[file] = int(file[8:28])
        head = preamble(content, b"FDRECSG1")
        if head is None or head[0].get("number") != number:
            self._fault("frame_damaged", "the beginning of the segment is damaged", file, 0, newest)
        elif before and before[0] + 1 == number and before[1] not in {"", head[0].get("previous")}:
            self._fault("frame_moved", "it does not follow the segment before it", file, 0)
        if before and before[0] + 1 != number:
            gap = "journal/%020d.seg" % (before[0] + 1)
            self._fault("segment_missing", "others before and after it are here", gap)
        at, count = (head[1], 0) if head else (max(content.find(b"FD\1\0"), 0), 0)
        used = len(content.rstrip(b"\0"))
        while at < used:
            end = group_end(content, at, count)
            tail = False
            if end is None:
                end, count = next_group(content, at + 1) or len(content), -1
                tail = newest and end == len(content)
                self._fault("frame_damaged", "no whole group begins here", file, at, tail)
            self._read_group(file, content, at, end, tail)
            at, count = end, count + 1 if count >= 0 else -1
        return at

    def _read_group(self, file: str, content: bytes, at: int, end: int, tail: bool) -> None:
        for frame in self._frames(file, content, at + 48, end, tail):
            self._put(frame)
            self.journal.append(frame)
            if self.tails:
                self.behind_tail.append(frame)

    def _read_torn(self) -> None:
        for name in names_in(os.path.join(self.root, "quarantine")):
            match = re.fullmatch(r"\d{20}-\d+-([0-9a-f]{16})\.torn", name)
            content = file_bytes(os.path.join(self.root, "quarantine", name)) or b""
            if match and hashlib.sha256(content).hexdigest()[:16] != match.group(1):
                self._fault("torn_tail_changed", "it is not what was cut off", "quarantine/" + name)


def frame_at(content: bytes, at: int, end: int) -> tuple[int, ...] | None:
    header = unpack(content, at)
    return header if header and header[0] and at + 48 + header[1] <= end else None


def group_end(content: bytes, at: int, count: int = -1) -> int | None:
    """Return the end of a whole group; nothing if there is none here, or it has another number."""
    header = unpack(content, at)
    if header is None or header[0] or header[4] or not header[1] or (count >= 0 and header[2] != count):
        return None
    end = at + 48 + header[1]
    whole = end <= len(content) and sha256(content[at + 48 : end])[:16] == content[at + 8 : at + 24]
    return end if whole else None


def next_group(content: bytes, at: int) -> int | None:
    at = content.find(b"FD\1\0", at)
    while at >= 0 and group_end(content, at) is None:
        at = content.find(b"FD\1\0", at + 1)
    return at if at >= 0 else None


def month_of(session: str) -> str:
    """Return the month in which a session began: the first 48 bits of its id are milliseconds."""
    begun = time.gmtime((uuid.UUID(session).int >> 80) / 1000)
    return "%04d/%02d" % (begun.tm_year, begun.tm_mon)


# --- sessions --------------------------------------------------------------------------------------


def check_session(frames: list[Found]) -> Iterator[Fault]:
    """Check what can be seen of a session without a key."""
    for before, frame in zip([None, *frames], frames):
        why = misplaced(before, frame)
        if why:
            yield fault_at(frame, 0, "frame_moved", why)
    seen: set[tuple[str, int]] = set()
    for frame in frames if frames[0].sequence == 0 else ():
        least = TAG if (frame.layer, frame.epoch) in seen else SALT + COMMITMENT + TAG
        seen.add((frame.layer, frame.epoch))
        if frame.length < 48 + least:
            yield fault_at(frame, 0, "frame_damaged", "it is too short for what it must hold")


def misplaced(before: Found | None, frame: Found) -> str:
    """Return why a frame cannot follow the one before it."""
    if before is None:
        is_first = frame.kind == OPEN and not frame.flags & 2 and not frame.epoch
        right = frame.sequence > 0 or (is_first and not frame.goes_on)
        return "" if right else "a session begins with an open entry of the view, in epoch 0"
    pieces = [(each.kind, each.layer, each.epoch, each.at_us) for each in (before, frame)]
    is_raw = bool(before.flags & 2 and not before.goes_on)
    checks = (
        (before.sequence + 1 == frame.sequence, "it is not the next of its session"),
        (frame.kind != OPEN, "only the first entry opens a session"),
        (
            frame.epoch - before.epoch in {0, 1},
            "its key epoch is not that of the frame before it, or the next",
        ),
        (not is_raw or not frame.flags & 2, "a raw frame is not followed by its view"),
        (not is_raw or frame.kind == before.kind, "a raw frame and its view differ in kind"),
        (not before.goes_on or pieces[0] == pieces[1], "it is not the next piece of the entry before it"),
        (
            not frame.goes_on or frame.kind not in {OPEN, CLOSE},
            "what opens or closes a session has one frame",
        ),
        (
            not (frame.goes_on or before.goes_on)
            or frame.length <= 48 + SALT + COMMITMENT + PIECE + 64 + TAG,
            "it is longer than a piece of an entry may be",
        ),
    )
    return next((why for holds, why in checks if not holds), "")


def fault_at(frame: Found, level: int, code: str, why: str, leaf: int | None = None) -> Fault:
    where = (frame.file, frame.offset, text_of(frame.session), frame.sequence, leaf)
    return Fault(level, code, why, *where)


class Opened(NamedTuple):
    """What opening the frames of a session gave."""

    faults: list[Fault]
    without_key: int
    controls: list[tuple[Found, bytes]]


def open_session(frames: list[Found], keys: str) -> Opened:
    """Open each frame whose key is in the folder `keys`."""
    opened = Opened([], 0, [])
    ciphers: dict[tuple[str, int], tuple[Cipher, bytes] | None] = {}
    previous, without = bytes(32), 0
    for number, frame in enumerate(frames):
        if frame.sequence != number or frame.bytes is None:
            return opened._replace(without_key=without + len(frames) - number)
        body, kind = frame.bytes[48:], (frame.layer, frame.epoch)
        if kind not in ciphers:
            name = "%s-%d" % kind
            key = file_bytes(os.path.join(keys, text_of(frame.session), name), 32)
            cipher, base, commitment = cipher_of(key or bytes(32), body[:SALT], *kind)
            if key and commitment != body[SALT : SALT + COMMITMENT]:
                opened.faults.append(fault_at(frame, 0, "frame_damaged", "it is sealed with another key"))
            ciphers[kind] = (cipher, base) if key and len(key) == 32 else None
            body = body[SALT + COMMITMENT :]
        at_hand = ciphers[kind]
        if at_hand is None:
            without += 1
        else:
            nonce = bytes(a ^ b for a, b in zip(at_hand[1], frame.sequence.to_bytes(12, "big")))
            content = at_hand[0].open(nonce, body, frame.bytes[:48] + previous)
            if content is None:
                opened.faults.append(fault_at(frame, 0, "frame_damaged", "it does not open with its key"))
                return opened._replace(without_key=without + len(frames) - number)
            if frame.kind in (OPEN, CONTROL, RECOVERED):
                opened.controls.append((frame, content))
        # Within an entry the chain covers all of it, so that whoever opens the end has seen the beginning.
        is_within = number > 0 and frames[number - 1].goes_on
        previous = sha256(previous + frame.digest) if is_within else frame.digest
    return opened._replace(without_key=without)


def envelope_of(frame: Found, contents: list[bytes]) -> dict[str, object] | None:
    """Return the envelope of a control entry, of its pieces; nothing if one is compressed, or it is none."""
    envelope = b""
    for content in contents:
        length, payload = struct.unpack_from(">II", content.ljust(8, b"\0"))
        if frame.flags & 1 or 8 + length + payload > len(content):
            return None
        envelope += content[8 : 8 + length]
    try:
        parsed: object = json.loads(envelope.decode("utf-8"))
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None  # pyright: ignore


# --- a log -----------------------------------------------------------------------------------------


class Leaf(NamedTuple):
    """A leaf. The first of a log has other meanings for the same places."""

    version: int
    kind: int
    session: bytes
    sequence: int
    at_us: int
    digest: bytes
    length: int


class Log:
    """One folder below log/, judged by itself."""

    def __init__(self, root: str, instance: str, pins: Sequence[Key]) -> None:
        self.place, self._folder = os.path.join(root, "log", instance), "log/" + instance + "/"
        self.faults: list[Fault] = []
        self.origin, self.size, self.key, self.checkpoint = "", 0, None, None
        self.leaves: list[Leaf | None] = []
        self.places: dict[tuple[bytes, int], int] = {}
        self._counts: dict[bytes, int] = {}
        self._levels: list[bytes] = []
        self.first_segment = 0
        self.continues: Checkpoint | None = None
        self._files = {
            os.path.relpath(os.path.join(place, name), self.place).replace(os.sep, "/")
            for place, _, names in os.walk(self.place) for name in names
        }  # fmt: skip
        self._judge(pins)

    def fault(self, code: str, why: str, file: str, leaf: int | None = None) -> None:
        self.faults.append(Fault(1, code, why, self._folder + file, leaf=leaf))

    def read(self, file: str, most: int = 1 << 40) -> bytes | None:
        return file_bytes(os.path.join(self.place, *file.split("/")), most)

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        found: bytes | None = None
        for level, nodes in enumerate(self._levels):
            if size >> level & 1:
                at = ((size >> level) - 1) * 32
                node = nodes[at : at + 32]
                found = node if found is None else sha256(b"\1" + node + found)
        return sha256(b"") if found is None else found

    def _judge(self, pins: Sequence[Key]) -> None:
        key = self._read_key(pins)
        if key is None:
            return None
        note = self.read("checkpoint", 65536)
        if note is None:
            return self.fault("checkpoint_missing", "the log has no checkpoint", "checkpoint")
        self.checkpoint = open_note(note, [key])
        if self.checkpoint is None:
            return self.fault("checkpoint_damaged", "it does not open with the key of the log", "checkpoint")
        if self.checkpoint.origin != key.name:
            return self.fault("checkpoint_of_another", "it is of another log", "checkpoint")
        self.size = self.checkpoint.size
        hashes = self._read_leaves()
        self._grow(hashes)
        if len(hashes) == self.size * 32 and self.root(self.size) != self.checkpoint.root:
            self._blame(hashes, self.checkpoint)
        self._check_tiles()
        self._check_kept(key)
        self._check_beginning()
        for file in sorted(self._files):
            if not file.split("/")[-1].startswith(".new-"):
                self.fault("file_unknown", "this file does not belong here", file)
        return None

    def _read_key(self, pins: Sequence[Key]) -> Key | None:
        self._files -= {"key", "checkpoint"}
        try:
            line = (self.read("key", 4096) or b"").decode("utf-8")
            self.key = Key(line[:-1]) if line.endswith("\n") else None
        except ValueError:
            pass
        if self.key is None:
            self.fault("key_not_pinned", "this is no public key line", "key")
            return None
        self.origin = self.key.name
        if self.origin.split("/")[-1] != os.path.basename(self.place):
            self.fault("log_misplaced", "it is a log of another name than its folder", "key")
            self.key = None
            return None
        if any(pin.name == self.origin and pin.line != self.key.line for pin in pins):
            self.fault("key_not_pinned", "another key is pinned for this log", "key")
        return self.key

    def _tile(self, kind: str, number: int, width: int, step: int = 32) -> tuple[str, bytes]:
        """Read the beginning of a tile: the partial one, or as much of the full one."""
        digits, name = str(number).zfill((len(str(number)) + 2) // 3 * 3), ""
        for at in range(0, len(digits), 3):
            name += ("/x" if at + 3 < len(digits) else "/") + digits[at : at + 3]
        name = "tile/" + kind + name
        partial = "%s.p/%d" % (name, width)
        if width < 256 and (partial in self._files or name not in self._files):
            return partial, self.read(partial) or b""
        whole = self.read(name) or b""
        return name, whole if width == 256 else whole[: width * step]

    def _read_leaves(self) -> bytes:
        """Read all leaves from the bundles, and return their hashes; for a bundle that is none, its tile."""
        hashes: list[bytes] = []
        if self.size > 256 * len(self._files):  # a size is no reason to count that far
            self.fault("bundle_damaged", "there are not as many leaves as are signed", "checkpoint")
            self.size = 0
        for first in range(0, self.size, 256):
            width = min(256, self.size - first)
            file, bundle = self._tile("entries", first // 256, width, 72)
            self._check_partials(file, bundle, 72)
            marks = [bundle[at : at + 2] for at in range(0, len(bundle), 72)]
            if len(bundle) != width * 72 or marks != [b"\0\x46"] * width:
                self.fault("bundle_damaged", "it does not hold its leaves", file, first)
                hashes.append(self._tile("0", first // 256, width)[1].ljust(32 * width, b"\0"))
                self.leaves += [None] * width
                continue
            for at in range(2, len(bundle), 72):
                self._take_leaf(bundle[at : at + 70], file)
                hashes.append(sha256(b"\0" + bundle[at : at + 70]))
        return b"".join(hashes)

    def _take_leaf(self, content: bytes, file: str) -> None:
        number, leaf = len(self.leaves), Leaf(*LEAF.unpack(content))
        self.leaves.append(leaf)
        if leaf.version != 1 or bool(leaf.kind) != bool(number):
            self.fault("leaf_changed", "it is no leaf", file, number)
        if number and leaf.kind:
            if leaf.sequence != self._counts.get(leaf.session, 0):
                return self.fault("leaf_changed", "its number is not the next of its session", file, number)
            self._counts[leaf.session] = leaf.sequence + 1
            self.places[leaf.session, leaf.sequence] = number
        return None

    def _blame(self, hashes: bytes, signed: Checkpoint) -> None:
        """Where the hashes of the leaves are kept as they were signed, they tell which leaf was changed."""
        tiles = [self._tile("0", at // 256, min(256, self.size - at)) for at in range(0, self.size, 256)]
        kept = b"".join(tile.ljust(8192, b"\0")[:8192] for _, tile in tiles)[: self.size * 32]
        self._grow(kept)
        if self.root(self.size) != signed.root:
            self._grow(hashes)
            return self.fault("root_differs", "the leaves do not give the root that is signed", "checkpoint")
        for leaf in range(self.size):
            if kept[leaf * 32 : leaf * 32 + 32] != hashes[leaf * 32 : leaf * 32 + 32]:
                file, _ = self._tile("entries", leaf // 256, min(256, self.size - leaf // 256 * 256))
                self.fault("leaf_changed", "it is not the leaf that was signed over", file, leaf)
        return None

    def _grow(self, nodes: bytes) -> None:
        self._levels = []
        while nodes:
            self._levels.append(nodes)
            pairs = range(0, len(nodes) - 63, 64)
            nodes = b"".join(sha256(b"\1" + nodes[at : at + 64]) for at in pairs)

    def _check_tiles(self) -> None:
        for level in range(0, len(self._levels), 8):
            nodes = self._levels[level]
            for at in range(0, len(nodes), 8192):
                expected = nodes[at : at + 8192]
                file, tile = self._tile(str(level // 8), at // 8192, len(expected) // 32)
                if tile != expected:
                    self.fault("tile_changed", "it does not hold the hashes that the leaves give", file)
                self._check_partials(file, tile, 32)
        self._files -= {file for file in self._files if TILE.fullmatch(file)}

    def _check_partials(self, file: str, whole: bytes, width: int) -> None:
        """Each partial tile is the beginning of the fuller one."""
        self._files.discard(file)
        start = file.split(".p/", maxsplit=1)[0] + ".p/"
        for other in sorted(name for name in self._files if name.startswith(start)):
            count = int(other[len(start) :]) if re.fullmatch("[1-9][0-9]{0,2}", other[len(start) :]) else 256
            if count * width <= len(whole):
                self._files.discard(other)
                if self.read(other) != whole[: count * width]:
                    self.fault("tile_changed", "it is not the beginning of the fuller one", other)

    def _check_kept(self, key: Key) -> None:
        for file in sorted(
            name for name in self._files if re.fullmatch("checkpoints/(0|[1-9][0-9]{0,18})", name)
        ):
            self._files.discard(file)
            kept = open_note(self.read(file, 65536) or b"", [key])
            if kept is None:
                self.fault("checkpoint_damaged", "it does not open with the key of the log", file)
            elif (kept.origin, kept.size) != (self.origin, int(file.split("/")[1])):
                self.fault("checkpoint_of_another", "it is not what its name says", file)
            elif kept.size > self.size or self.root(kept.size) != kept.root:
                self.fault("log_forked", "the log does not continue it", file)

    def _check_beginning(self) -> None:
        note = self.read("continues", 65536)
        self._files.discard("continues")
        first = self.leaves[0] if self.leaves else None
        if first is None:
            return self.fault("leaf_changed", "leaf 0 does not begin the log", "checkpoint", 0)
        zeros, self.first_segment = struct.unpack(">QQ", first.session)
        told = (0, 0, bytes(32))
        if note is not None:
            self.continues = checkpoint_in(note)
            told = (self.continues.size if self.continues else -1, len(note), sha256(note))
        if zeros or first.at_us or (first.sequence, first.length, first.digest) != told:
            return self.fault(
                "leaf_changed", "leaf 0 does not begin the log, or names another", "continues", 0
            )
        return None


# --- the verdict -----------------------------------------------------------------------------------


class Given(NamedTuple):
    """What the auditor brought."""

    pins: Sequence[Key]
    held: Sequence[bytes]
    keys: str | None
    now_us: int


class Verification:
    """All that was found, and the level that it reaches."""

    def __init__(self, root: str, given: Given) -> None:
        self.root, self.given = root, given
        self.open_questions: list[str] = []
        self.shredded: list[str] = []
        self.record = Record(root, keep_bytes=given.keys is not None)
        self.logs = [
            Log(root, name, given.pins)
            for name in names_in(os.path.join(root, "log"))
            if os.path.isdir(os.path.join(root, "log", name))
        ]
        self.faults = self.record.faults + [fault for log in self.logs for fault in log.faults]
        self._closed: set[bytes] = set()
        self._unread = self._has_later = self._is_late = self._is_held = self._is_frame_wrong = False
        self._tombstones: dict[str, int] = {}
        self._unproven: set[str] = set()
        self._partly: list[tuple[str, int]] = []
        self._lost: list[tuple[str, int, int]] = []
        self.accepted: list[tuple[str, int, int]] = []
        self._leaves = {
            place: (number, index)
            for number, log in enumerate(self.logs)
            for place, index in log.places.items()
        }
        self._check_sessions()
        self._compare()
        self._check_journal()
        self._check_missing()
        self._check_tails()
        self._check_closed()
        self._check_partly()
        self._check_anchors()
        if not self.record.sessions and not self.shredded:
            self.open_questions.append("nothing is recorded here")

    @property
    def level(self) -> int:
        if not self.record.sessions and not self.shredded:
            return -1
        pinned = {pin.line for pin in self.given.pins}
        if not self.logs or self._is_late or self._has_later:
            best = 0
        elif not all(log.key and log.key.line in pinned for log in self.logs):
            best = 1
        else:
            best = 3 if self._is_held else 2
        return min([best] + [fault.level - 1 for fault in self.faults])

    @property
    def exit_code(self) -> int:
        if self.faults:
            return 1
        return 2 if self.open_questions else 0 if self.level >= 2 else 3

    # Sessions by themselves

    def _check_sessions(self) -> None:
        for session, frames in sorted(self.record.order.items()):
            is_headless, opened = frames[0].sequence > 0 and not frames[0].is_kept, Opened([], 0, [])
            self.faults += [] if is_headless else check_session(frames)
            if frames[0].sequence and (session, 0) not in self._leaves:
                self._blame(frames[0], "frame_not_logged", "its session's beginning is nowhere")
            if self.given.keys is not None:
                opened = open_session(frames, self.given.keys)
                self.faults += opened.faults
                self._take_controls(opened.controls)
            name = os.path.join(self.given.keys or "", text_of(session))
            has_key = self.given.keys and any(key.startswith("view-") for key in names_in(name))
            if not has_key and not is_headless:
                self._closed.add(session)
            elif has_key and not is_headless and opened.without_key:
                self._partly.append((text_of(session), opened.without_key))

    def _take_controls(self, controls: list[tuple[Found, bytes]]) -> None:
        """Look for tombstones and accepted gaps, which stand in control sessions alone."""
        pieces: list[bytes] = []
        is_control = False
        for frame, content in controls:
            if frame.kind == OPEN:
                said = envelope_of(frame, [content])
                is_control = said is not None and said.get("control") is True
                continue
            pieces.append(content)
            if is_control and not frame.goes_on:
                self._take_tombstone(frame, pieces)
            pieces = pieces if frame.goes_on else []

    def _take_tombstone(self, frame: Found, contents: list[bytes]) -> None:
        envelope = envelope_of(frame, contents)
        if envelope is None:
            self._unread = True
        elif envelope.get("accepted_gap") is True and frame.kind == RECOVERED:
            self._take_gap(envelope.get("sessions"), is_proven=self._is_proven(frame))
        elif envelope.get("what") == "shredded":
            texts = [envelope.get(name) for name in ("session", "log", "reason")]
            numbers = [envelope.get(name) for name in ("first_leaf", "last_leaf", "frames")]
            if all(type(text) is str for text in texts) and all(type(n) is int and n >= 0 for n in numbers):
                if self._is_proven(frame):
                    self._tombstones[str(texts[0])] = int(str(numbers[2]))
                else:
                    self._unproven.add(str(texts[0]))

    def _is_proven(self, frame: Found) -> bool:
        """What no log has excuses nothing yet: anybody may have put it there."""
        return not self._leaves or self._is_logged(frame)

    def _take_gap(self, named: object, is_proven: bool) -> None:
        """Two people accepted these frames as lost."""
        said: dict[str, list[dict[str, object]]] = json.loads(json.dumps({"named": named}))
        for each in said["named"] if isinstance(named, list) else ():
            if type(each) is not dict:
                continue
            session, first, last = each.get("session"), each.get("first"), each.get("last")
            if isinstance(session, str) and isinstance(first, int) and isinstance(last, int):
                self._unproven.update([] if is_proven else [session])
                self._lost += [(session, first, last)] if is_proven else []

    def _without_accepted(self, name: str, sequences: list[int]) -> list[int]:
        """What is missing of a session and was not accepted as lost. Each hole is accepted whole or not."""
        left: list[int] = []
        holes: list[list[int]] = []
        for sequence in sorted(sequences):
            if holes and holes[-1][-1] == sequence - 1:
                holes[-1].append(sequence)
            else:
                holes.append([sequence])
        for hole in holes:
            if any(who == name and first <= hole[0] and hole[-1] <= last for who, first, last in self._lost):
                self.accepted.append((name, hole[0], hole[-1]))
            else:
                left += hole
        return left

    # Frames and leaves

    def _is_logged(self, frame: Found) -> bool:
        """Whether the leaf of its session and number is that of this frame."""
        place = self._leaves.get((frame.session, frame.sequence))
        if place is None:
            return False
        leaf = self.logs[place[0]].leaves[place[1]]
        told = leaf and (leaf.kind, leaf.at_us, leaf.digest, leaf.length)
        return told == (frame.kind, frame.at_us, frame.digest, frame.length)

    def _compare(self) -> None:
        """Compare each frame with its leaf."""
        early: dict[bytes, list[Found]] = {}
        for frames in self.record.sessions.values():
            for frame in frames.values():
                place = self._leaves.get((frame.session, frame.sequence))
                if place is None:
                    if frame.is_kept:
                        early.setdefault(frame.session, []).append(frame)
                elif not self._is_logged(frame):
                    self._blame(frame, "frame_changed", "it is not what was logged", place[1])
                elif frame.is_kept and self.record.origins[frame.file] != self.logs[place[0]].origin:
                    self._blame(frame, "frame_moved", "its file names another log", place[1])
        self._check_early(early)

    def _check_early(self, early: dict[bytes, list[Found]]) -> None:
        """What stands in files and in no log: of sessions that ended after the log was copied, or a fault."""
        ends = [log.leaves[-1] for log in self.logs if len(log.leaves) > 1]
        newest = max((leaf.at_us for leaf in ends if leaf), default=1 << 63)
        if len(ends) < len(self.logs) or None in ends:
            newest = 1 << 63
        later: list[Found] = []
        for frames in early.values():
            if max(frame.at_us for frame in frames) > newest - LATE_US:
                later += frames
            else:
                for frame in frames:
                    self._blame(frame, "frame_not_logged", "no log has it")
        if later:
            where = (len(later), later[0].file, later[0].offset)
            self.open_questions.append("%d frames are in no log, in files: from %s, byte %d on" % where)
        self._has_later = bool(later)

    def _check_journal(self) -> None:
        """Look at the order of the journal, at doubles in it, and at what no log has."""
        last = (-1, -1)
        waiting: list[Found] = []
        for frame in self.record.journal:
            place = self._leaves.get((frame.session, frame.sequence))
            if place is None:
                waiting.append(frame)
                continue
            if self.record.sessions[frame.session][frame.sequence] is not frame and not self._is_logged(
                frame
            ):
                self._blame(frame, "frame_changed", "it is not what was logged", place[1])
            for early in waiting:
                self._blame(early, "frame_not_logged", "no log has it, and a log has what follows it")
            waiting.clear()
            if place <= last or self.record.numbers[frame.file] < self.logs[place[0]].first_segment:
                self._blame(frame, "frame_moved", "the log has another order", place[1])
            last = place
        late = [frame for frame in waiting if abs(frame.at_us - self.given.now_us) > LATE_US]
        self._is_late = bool(late)
        if late:
            where = (len(late), late[0].file, late[0].offset)
            self.open_questions.append("%d frames are in no log, from %s, byte %d on" % where)

    def _blame(self, frame: Found, code: str, why: str, leaf: int | None = None) -> None:
        self.faults.append(fault_at(frame, 1, code, why, leaf))
        self._is_frame_wrong = True

    def _check_missing(self) -> None:
        """Tell what was shredded from what is missing."""
        counts: dict[bytes, int] = {}
        missing: dict[bytes, list[int]] = {}
        for session, sequence in self._leaves:
            counts[session] = counts.get(session, 0) + 1
            if sequence not in self.record.sessions.get(session, {}):
                missing.setdefault(session, []).append(sequence)
        for session, absent in missing.items():
            name, sequences = text_of(session), absent
            if self._tombstones.get(name, -1) >= counts[session]:
                self.shredded.append(name)
                continue
            sequences = self._without_accepted(name, sequences)
            if not sequences:
                continue
            if name in self._unproven:
                self.open_questions.append("session %s is missing, and what says why is in no log yet" % name)
            elif self._is_beginning(session, sequences, counts[session]) and (self._closed or self._unread):
                self.open_questions.append("session %s is missing, or was shredded: no key here tells" % name)
            else:
                log, leaf = self._leaves[session, min(sequences)]
                why = "%d frames of the session are missing, and no tombstone covers them" % len(sequences)
                where = ("log/" + os.path.basename(self.logs[log].place), None, name, min(sequences), leaf)
                self.faults.append(Fault(1, "frame_missing", why, *where))
                self._is_frame_wrong = True

    def _is_beginning(self, session: bytes, missing: list[int], count: int) -> bool:
        """Whether all is missing, or all before what stands in the journal alone, as after shredding."""
        rest = self.record.sessions.get(session, {})
        is_in_journal = not any(frame.is_kept for frame in rest.values())
        return len(missing) == count or (is_in_journal and sorted(missing) == list(range(min(rest))))

    def _check_tails(self) -> None:
        """The end of the newest segment: a write that did not end, unless a log knows what stood there."""
        known = any(self._is_logged(frame) for frame in self.record.behind_tail)
        for fault in self.record.tails:
            if known or self._is_frame_wrong:
                self.faults.append(fault)
            else:
                where = (fault.file, fault.offset)
                self.open_questions.append("%s, byte %d: a write that did not end, or damage" % where)

    def _check_partly(self) -> None:
        """Tell of what keys that were taken away would have opened."""
        for name, count in self._partly:
            if name not in self._tombstones:
                self.open_questions.append("%d frames of session %s: no key to them" % (count, name))

    def _check_closed(self) -> None:
        """Tell what no key was at hand for. Frames of a shredded session need none."""
        for session in sorted(self._closed):
            name = text_of(session)
            if name in self._tombstones and name not in self.shredded:
                self.shredded.append(name)
            elif self.given.keys is not None and name not in self.shredded:
                self.open_questions.append("no key to session " + name)
        for session in names_in(os.path.join(self.root, "keys")) if self.given.keys is not None else ():
            for name in names_in(os.path.join(self.root, "keys", session)):
                key = os.path.join(str(self.given.keys), session, name[:-4])
                if name.endswith(".age") and not os.path.isfile(key):
                    self.open_questions.append("keys/%s/%s was not unwrapped" % (session, name))

    # What the auditor brought

    def _check_anchors(self) -> None:
        origins = {log.origin: log for log in self.logs if log.checkpoint}
        for log in self.logs:
            old = origins.get(log.continues.origin) if log.continues else None
            if old and log.continues != old.checkpoint:
                file = "log/%s/checkpoint" % os.path.basename(old.place)
                self.faults.append(Fault(3, "log_forked", "it went on after it was continued", file))
        names = {pin.name for pin in self.given.pins}
        held = [(number, note, checkpoint_in(note)) for number, note in enumerate(self.given.held, 1)]
        for number, note, claimed in held:
            if claimed is not None and claimed.origin not in names:
                self.open_questions.append("checkpoint %d is not used: no key is pinned for it" % number)
                continue
            opened = open_note(
                note, [pin for pin in self.given.pins if claimed and pin.name == claimed.origin]
            )
            if opened is None:
                where = "checkpoint %d given" % number
                self.faults.append(Fault(3, "checkpoint_damaged", "no pinned key has signed it", where))
            elif opened.origin in origins:
                self._is_held = True
                self._compare_held(opened, origins[opened.origin])
        for name in sorted(names - set(origins)):
            self.faults.append(Fault(3, "log_missing", "the log of %s is not here" % ascii(name), "log"))

    def _compare_held(self, held: Checkpoint, log: Log) -> None:
        file = "log/%s/checkpoint" % os.path.basename(log.place)
        if held.size > log.size:
            why = "it has %d leaves; the checkpoint held was signed over %d" % (log.size, held.size)
            self.faults.append(Fault(3, "log_rolled_back", why, file))
        elif log.root(held.size) != held.root:
            why = "its first %d leaves are not those of the checkpoint held" % held.size
            self.faults.append(Fault(3, "log_forked", why, file))


# --- the command -----------------------------------------------------------------------------------


def pinned(given: Sequence[str]) -> list[Key]:
    """Read public key lines, each as it is or in a file."""
    lines: list[str] = []
    for text in given:
        content = file_bytes(text)
        lines += content.decode("utf-8").split("\n") if content is not None else [text]
    return [Key(line.strip()) for line in lines if line.strip() and not line.startswith("#")]


def described(found: Verification) -> dict[str, object]:
    return {
        "level": found.level,
        "exit": found.exit_code,
        "frames": sum(len(frames) for frames in found.record.sessions.values()),
        "sessions": len(found.record.sessions),
        "logs": [{"origin": log.origin, "size": log.size} for log in found.logs],
        "faults": [fault._asdict() for fault in found.faults],
        "open_questions": found.open_questions,
        "shredded": found.shredded,
        "accepted": found.accepted,
    }


def lines_of(found: Verification) -> Iterator[str]:
    """Say it for people. Nothing of the record is printed as it is but ids: names are escaped."""
    below = (
        "no level is reached: not every frame decodes" if found.record.sessions else "nothing was verified"
    )
    yield "L%d  %s" % (found.level, LEVELS[found.level]) if found.level >= 0 else "--  " + below
    for log in found.logs:
        yield "    log %s: %d leaves" % (ascii(log.origin), log.size)
    for session in found.shredded:
        yield "SHREDDED  session " + session
    for lost in found.accepted:
        yield "ACCEPTED  session %s: frames %d to %d were accepted as lost" % lost
    for question in found.open_questions:
        yield "OPEN  " + question
    for fault in found.faults:
        places = zip(("byte", "session", "sequence", "leaf"), fault[4:])
        where = "".join(" %s %s," % (name, value) for name, value in places if value is not None)
        yield "FAIL  %s: %s,%s %s" % (fault.code, ascii(fault.file)[1:-1], where, fault.why)
    yield ("verified", "failed", "incomplete", "not anchored")[found.exit_code]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("data_dir", help="a data directory of the gateway, or a copy")
    parser.add_argument("--key", action="append", default=[], help="a public key line, or a file of them")
    parser.add_argument("--checkpoint", action="append", default=[], help="a checkpoint that you kept")
    parser.add_argument("--keys", help="a folder SESSION/LAYER-EPOCH of session keys: frames are opened")
    parser.add_argument("--json", action="store_true", help="print one object, with every fault")
    asked = parser.parse_args()
    if not os.path.isdir(asked.data_dir):
        parser.error(asked.data_dir + " is no folder")
    try:
        pins = pinned(asked.key)
        held = [open(file, "rb").read() for file in asked.checkpoint]
    except (OSError, ValueError) as fault:
        parser.error(str(fault))
    given = Given(pins, held, asked.keys, int(time.time() * 1_000_000))
    found = Verification(asked.data_dir, given)
    print(json.dumps(described(found)) if asked.json else "\n".join(lines_of(found)))
    return found.exit_code


if __name__ == "__main__":
    sys.exit(main())
