"""The verifier that shares no code with ours agrees with ours.

It runs alone, as on an auditor's machine, on the shared vectors; and in this process on recordings that
follow from a number each, as they are and with something done to them.
"""

import ast
import functools
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from firedoor.app.verifying import pinned_keys, verify
from firedoor.core.record.checkpoint import Checkpoint, sign_checkpoint
from firedoor.core.record.note import NoteKey
from firedoor.core.record.verify import Verification
from firedoor.edges.export import verify_record as alone
from firedoor.edges.keys.age import KeyRing
from firedoor.operations.verify_record import Asked
from tests.edges.export.recordings import REWRITES, SIGNERS, Recording, mutated, pieces_changed, recording
from tests.helpers.damage import do
from tests.vectors.log_vectors import FILE as LOG_VECTORS

PROGRAM = Path(alone.__file__)
VECTORS = json.loads(LOG_VECTORS.read_text(encoding="utf-8"))
SHARDS = 4
RECORDINGS = int(os.environ.get("FIREDOOR_AGREEMENTS", "1000"))
OPENED = 24
"""Recordings that are opened too. AES in Python takes its time."""
LATER_US = 1 << 62


def run(*arguments: object, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """Run it with nothing but the standard library."""
    command = [python, "-I", "-S", PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: json.dumps(case["do"]) if case else "")
def test_alone_it_judges_a_data_directory_as_the_vectors_say(case: dict, tmp_path: Path) -> None:
    root = tmp_path / "data"
    Recording(files={path: bytes.fromhex(text) for path, text in VECTORS["directory"].items()}).write(root)
    do(case["do"], root)
    given, expected = case["given"], case["expect"]
    arguments = [part for key in given.get("keys", []) for part in ("--key", key)]
    for number, note in enumerate(given.get("held", [])):
        (tmp_path / f"held-{number}").write_text(note, encoding="utf-8")
        arguments += ["--checkpoint", str(tmp_path / f"held-{number}")]
    ended = run(root, "--json", *arguments)
    found = json.loads(ended.stdout)
    assert ended.returncode == expected["exit"]
    assert found["level"] == expected.get("level", found["level"])
    assert expected.get("names") in {None, *(fault["file"] for fault in found["faults"])}
    assert expected.get("session") in {None, *(fault["session"] for fault in found["faults"])}


def ours(root: Path, made: Recording, *, opens: bool) -> Verification:
    asked = Asked(keys=tuple(made.pins), held=tuple(made.held), may_be_sealed=not opens)
    return verify(root, asked, ring=KeyRing.open(root, may_make=False))


@functools.cache
def their_key(key: NoteKey) -> alone.Key:
    return alone.Key(str(key))


def theirs(root: Path, made: Recording, keys: Path | None) -> alone.Verification:
    pins = [their_key(key) for key in made.pins]
    return alone.Verification(str(root), alone.Given(pins, made.held, keys and str(keys), LATER_US))


def judged(made: Recording, place: Path, *, opens: bool = False) -> tuple[object, object, int]:
    """Write a recording down; return what ours says, what theirs says, and the exit code."""
    root, keys = made.write(place / "data"), None
    if opens:
        keys, ring = place / "keys", KeyRing.open(root)
        for name, key in made.keys.items():
            for file, content in ((keys / name, key), (root / "keys" / f"{name}.age", ring.wrap(key))):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    mine, other = ours(root, made, opens=opens), theirs(root, made, keys)
    shutil.rmtree(place)
    # Where a fault is named is each verifier's own; that both name one in the same file is not.
    is_shared = {f.file for f in mine.faults} & {f.file for f in other.faults} or not mine.faults
    told = (int(mine.ending), int(mine.level), sorted(mine.shredded), True)
    return (
        told,
        (other.exit_code, other.level, sorted(other.shredded), bool(is_shared)),
        int(mine.ending),
    )


def sweep(numbers: range, place: Path, *, mutates: bool, opens: bool = False) -> tuple[list[object], str]:
    differ, endings = [], Counter[int]()
    for number in numbers:
        made = recording(number)
        what = mutated(made, random.Random(number)) if mutates else ""  # noqa: S311
        mine, other, ending = judged(made, place / "one", opens=opens)
        endings[ending] += 1
        if mine != other:
            differ.append((number, what, mine, other))
    figures = ", ".join(f"{count} end with {ending}" for ending, count in sorted(endings.items()))
    kind = "mutations" if mutates else "recordings"
    return differ, f"{len(numbers)} {kind}: {len(differ)} judged differently; {figures}"


@pytest.mark.parametrize("mutates", [False, True])
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.timeout(300)
def test_both_verifiers_agree(
    shard: int, mutates: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    numbers = range(shard, RECORDINGS, SHARDS)
    differ, figure = sweep(numbers, tmp_path, mutates=mutates)
    record_property("figure", figure)
    assert differ == []


def test_among_the_recordings_are_enough_with_entries_of_several_frames(
    record_property: Callable[[str, object], None],
) -> None:
    count = RECORDINGS // 10
    long = sum(any(map(has_pieces, recording(number).files.values())) for number in range(count))
    record_property("figure", f"{long} of {count} recordings have entries of several frames")
    assert long > count // 3


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize("what", sorted(name for name in REWRITES if name.startswith("piece")))
def test_whatever_is_done_to_a_piece_is_a_fault_for_both(what: str, opens: bool, tmp_path: Path) -> None:
    tried = 0
    for number in range(200):
        made = recording(number)
        if any(path.startswith("sessions/") for path in made.files):
            continue  # a frame that left the journal may stand in it yet, and need not
        if not pieces_changed(made, what, random.Random(number)):  # noqa: S311
            continue
        mine, other, ending = judged(made, tmp_path / "one", opens=opens)
        assert mine == other
        assert ending == 1
        tried += 1
        if tried == (3 if opens else 10):
            return
    raise AssertionError(f"only {tried} recordings have a piece in their journal")


def has_pieces(content: bytes) -> bool:
    at = content.find(b"FD\1")
    while at >= 0:
        header = alone.unpack(content, at)
        if header and header[0] and header[4] & alone.GOES_ON:
            return True
        at = content.find(b"FD\1", at + 1)
    return False


@pytest.mark.parametrize("mutates", [False, True])
@pytest.mark.timeout(300)
def test_both_agree_with_session_keys_at_hand(
    mutates: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    differ, figure = sweep(range(RECORDINGS, RECORDINGS + OPENED), tmp_path, mutates=mutates, opens=True)
    record_property("figure", f"opened: {figure}")
    assert differ == []


def test_what_it_opens_is_what_was_sealed() -> None:
    """The layers and epochs of the shared vectors, frame by frame."""
    vectors = json.loads((LOG_VECTORS.parent / "record_layers.json").read_text(encoding="utf-8"))
    previous, ciphers, opened = bytes(32), {}, []
    for whole in map(bytes.fromhex, vectors["frames"]):
        _, _, sequence, _, flags = alone.unpack(whole, 0) or ()
        layer, epoch, body = "raw" if flags & 2 else "view", flags >> 4, whole[48:]
        if (layer, epoch) not in ciphers:
            key = bytes.fromhex(vectors["keys"][f"{layer}-{epoch}"])
            cipher, nonce, commitment = alone.cipher_of(key, body[:24], layer, epoch)
            assert commitment == body[24:56]
            ciphers[layer, epoch], body = (cipher, nonce), body[56:]
        cipher, nonce = ciphers[layer, epoch]
        number = (int.from_bytes(nonce) ^ sequence).to_bytes(12)
        opened.append(cipher.open(number, body, whole[:48] + previous))
        assert cipher.open(number, bytes([body[0] ^ 1]) + body[1:], whole[:48] + previous) is None
        previous = alone.sha256(whole)
    assert None not in opened
    payloads = [bytes.fromhex(entry["payload"]) for entry in vectors["entries"]]
    assert all(any(payload in content for content in opened) for payload in payloads)


def test_a_signature_that_differs_in_one_bit_does_not_open_a_note() -> None:
    key = alone.Key(VECTORS["key"])
    note = bytes.fromhex(VECTORS["directory"]["log/6b0440840dc8/checkpoint"])
    assert alone.open_note(note, [key]) is not None
    for bit in range(0, len(note) * 8, 3):
        flipped = bytearray(note)
        flipped[bit // 8] ^= 1 << bit % 8
        assert alone.open_note(bytes(flipped), [key]) is None, bit


def test_a_size_that_was_signed_makes_it_not_count_that_far(tmp_path: Path) -> None:
    made = recording(1)
    log = next(path for path in made.files if path.endswith("/checkpoint"))
    endless = Checkpoint(origin=SIGNERS[0].key.name, size=1 << 60, root=bytes(32))
    made.files[log] = sign_checkpoint(endless, SIGNERS[0])
    found = theirs(made.write(tmp_path / "data"), made, None)
    assert ("bundle_damaged", log) in {(fault.code, fault.file) for fault in found.faults}


def test_it_needs_nothing_but_the_standard_library_of_python_3_8() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names | {"__future__"}
    assert not any("firedoor" in str(name) for name in imported)


def test_what_it_says_for_people_names_level_and_fault(tmp_path: Path) -> None:
    made = recording(1)
    made.pins = pinned_keys([str(key) for key in made.pins])
    root = made.write(tmp_path / "data")
    (tmp_path / "keys.txt").write_text("# pinned\n" + "".join(f"{key}\n" for key in made.pins))
    good = run(root, "--key", tmp_path / "keys.txt")
    assert (good.returncode, good.stdout.splitlines()[0]) == (0, "L2  signed by a pinned key")
    segment = max((root / "journal").iterdir())
    content = bytearray(segment.read_bytes())
    content[300] ^= 1
    segment.write_bytes(bytes(content))
    bad = run(root, "--key", tmp_path / "keys.txt")
    assert bad.returncode == 1
    assert f"FAIL  frame_changed: journal/{segment.name}, byte" in bad.stdout
    assert bad.stdout.endswith("failed\n")


def test_where_no_level_is_reached_it_says_whether_there_was_anything(tmp_path: Path) -> None:
    (tmp_path / "none" / "journal").mkdir(parents=True)
    assert run(tmp_path / "none").stdout.startswith("--  nothing was verified\n")
    root = recording(1).write(tmp_path / "data")
    segment = max((root / "journal").iterdir())
    content = bytearray(segment.read_bytes())
    content[300] ^= 1
    segment.write_bytes(bytes(content))
    said = run(root).stdout.splitlines()[0]
    assert said == "--  no level is reached: not every frame decodes"


@pytest.mark.parametrize("arguments", [["--key", "nothing"], ["--checkpoint", "/nowhere"]])
def test_what_it_cannot_take_is_a_mistake_of_the_caller(arguments: list[str], tmp_path: Path) -> None:
    ended = run(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
