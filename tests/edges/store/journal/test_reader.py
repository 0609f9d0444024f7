import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.core.record.frame import session_bytes
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.layout import key_file, segment_file, segment_numbers
from firedoor.edges.store.journal.reader import (
    BOTH_LAYERS,
    Tail,
    read_all,
    read_frames,
    read_session,
    read_since,
)
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import SessionId
from tests.edges.store.journal.around import KEYS, ClearKeys, entry, seen, session

ONE, TWO = session(1), session(2)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Two runs, two sessions woven into the second."""
    Journal.open(tmp_path, keys=KEYS).close()
    journal = Journal.open(tmp_path, keys=KEYS)
    for whose in (ONE, TWO):
        journal.put(entry(whose, EntryKind.OPEN))
    for n in range(3):
        for whose in (ONE, TWO):
            journal.put(entry(whose, payload=b"%d" % n))
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()
    return tmp_path


def test_one_session_is_read_out_of_many(recorded: Path) -> None:
    assert [each[1:] for each in seen(read_session(recorded, TWO, keys=KEYS))] == [
        (0, b""),
        (1, b"0"),
        (2, b"1"),
        (3, b"2"),
    ]


def test_everything_is_read_in_the_order_it_was_written(recorded: Path) -> None:
    read = list(read_all(recorded, keys=KEYS))
    assert [(each.segment, each.offset) for each in read] == sorted((e.segment, e.offset) for e in read)
    assert len(read) == 13
    assert len(list(read_frames(recorded))) == 13


class CountedKeys(ClearKeys):
    """Counts which keys were opened."""

    def __init__(self) -> None:
        self.opened = 0

    def unwrap(self, wrapped: bytes) -> bytes:
        self.opened += 1
        return super().unwrap(wrapped)


def test_what_is_new_is_read_at_the_cost_of_what_is_new(tmp_path: Path) -> None:
    Journal.open(tmp_path, keys=KEYS).close()
    journal = Journal.open(tmp_path, keys=KEYS)
    for whose in (ONE, TWO):
        journal.put(entry(whose, EntryKind.OPEN))
    for n in range(20):
        journal.put(entry(ONE, payload=b"%d" % n))
    since_us = 2**52
    late = replace(entry(TWO, payload=b"new"), at_us=since_us)
    journal.put(late)
    journal.put(replace(late, payload=b"newer", at_us=since_us + 1))
    journal.close()
    keys = CountedKeys()
    found = [e for e in read_since(tmp_path, since_us, keys=keys) if e.session == TWO]
    assert [(each.sequence, each.payload) for each in found] == [(1, b"new"), (2, b"newer")]
    everything = CountedKeys()
    list(read_all(tmp_path, keys=everything))
    assert 0 < keys.opened < everything.opened
    # Of the first run's segment, nothing but its header is looked at.
    first = segment_file(tmp_path, min(segment_numbers(tmp_path)))
    first.write_bytes(first.read_bytes()[:-1])
    assert len(list(read_since(tmp_path, since_us, keys=KEYS))) == 2
    with pytest.raises(IntegrityError):
        list(read_all(tmp_path, keys=KEYS))


def test_what_was_passed_over_is_verified_by_what_follows(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"old"))
    journal.put(entry(ONE, payload=b"new"))
    journal.close()
    (old,) = [f for f in read_frames(tmp_path, session=session_bytes(ONE)) if f.place.header.sequence == 1]
    unsealer = SessionUnsealer(ONE, lambda _layer, _epoch: KEYS.unwrap(key_file(tmp_path, ONE).read_bytes()))
    changed = bytearray(old.content)
    changed[-1] ^= 1
    first, _, last = [f.content for f in read_frames(tmp_path, session=session_bytes(ONE))]
    assert unsealer.unseal(first) is not None
    assert unsealer.unseal(bytes(changed), is_wanted=False) is None
    with pytest.raises(IntegrityError):
        unsealer.unseal(last)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", str(session(9)), "x"])
def test_an_unknown_session_is_refused(recorded: Path, name: str) -> None:
    with pytest.raises(RecordError) as caught:
        list(read_session(recorded, SessionId(name), keys=KEYS))
    assert caught.value.code == "recording_unknown"


def test_sessions_without_a_key_are_left_out_and_named(recorded: Path) -> None:
    key_file(recorded, ONE).unlink()
    sealed: list[SessionId] = []
    read = seen(read_all(recorded, keys=KEYS, on_sealed=sealed.append))
    assert sealed == [ONE]
    assert ONE not in {each[0] for each in read}
    assert TWO in {each[0] for each in read}
    with pytest.raises(RecordError):
        list(read_session(recorded, ONE, keys=KEYS))


def test_another_identity_opens_nothing(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KeyRing.open(tmp_path))
    journal.close()
    other = KeyRing.open(tmp_path / "other")
    with pytest.raises(RecordError) as caught:
        list(read_session(tmp_path, journal.control, keys=other))
    assert caught.value.code == "view_layer_sealed"
    assert list(read_all(tmp_path, keys=other)) == []


class ViewKeys(ClearKeys):
    """Whoever was given the view, and not the raw layer."""

    def unwrap(self, wrapped: bytes) -> bytes | None:
        return None if b"raw" in wrapped else super().unwrap(wrapped)


@pytest.fixture
def masked(tmp_path: Path) -> Path:
    """A recording of which one message was masked."""
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, EntryKind.OUTCOME, b"plain"))
    hidden = replace(entry(ONE, EntryKind.OUTCOME, b"EMAIL_1"), raw=b"ann@example.com")
    assert journal.put(hidden) == 3
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()
    return tmp_path


def test_who_has_the_view_key_reads_what_was_delivered_and_nothing_else(masked: Path) -> None:
    read = list(read_session(masked, ONE, keys=ViewKeys()))
    assert [(each.sequence, each.payload, each.raw) for each in read] == [
        (0, b"", None), (1, b"plain", None), (3, b"EMAIL_1", None), (4, b"", None),
    ]  # fmt: skip
    with pytest.raises(RecordError) as caught:
        list(read_session(masked, ONE, keys=ViewKeys(), layers=BOTH_LAYERS))
    assert caught.value.code == "raw_layer_sealed"


def test_who_has_both_keys_reads_both_sides(masked: Path) -> None:
    read = list(read_session(masked, ONE, keys=KEYS, layers=BOTH_LAYERS))
    assert [each.raw for each in read] == [None, None, b"ann@example.com", None]
    assert all(each.raw is None for each in read_all(masked, keys=KEYS))


def test_a_recording_without_raw_bytes_needs_no_raw_key(recorded: Path) -> None:
    read = list(read_session(recorded, ONE, keys=ViewKeys(), layers=BOTH_LAYERS))
    assert read == list(read_session(recorded, ONE, keys=KEYS))


@pytest.mark.promise("REC-2")
def test_one_flipped_bit_anywhere_in_the_journal_is_never_read_as_something_else(recorded: Path) -> None:
    whole = [segment_file(recorded, n).read_bytes() for n in (0, 1)]
    entries = seen(read_all(recorded, keys=KEYS))
    dice = random.Random(11)  # noqa: S311
    for _ in range(400):
        number = dice.choice((0, 1))
        at, bit = dice.randrange(len(whole[number])), dice.randrange(8)
        damaged = bytearray(whole[number])
        damaged[at] ^= 1 << bit
        segment_file(recorded, number).write_bytes(damaged)
        try:
            read = seen(read_all(recorded, keys=KEYS))
        except IntegrityError:
            pass
        else:
            # Only in the last segment, and there it looks like a tail that is still being written.
            assert number == 1
            assert len(read) < len(entries)
            assert read == entries[: len(read)]
        segment_file(recorded, number).write_bytes(whole[number])


def test_a_segment_put_in_the_place_of_another_is_refused(recorded: Path) -> None:
    Journal.open(recorded, keys=KEYS).close()
    one, two = segment_file(recorded, 0), segment_file(recorded, 1)
    first, second = one.read_bytes(), two.read_bytes()
    two.write_bytes(first)
    with pytest.raises(IntegrityError):
        list(read_frames(recorded))
    two.write_bytes(second)
    assert list(read_frames(recorded))


def test_a_group_cut_off_an_older_segment_is_missed_by_its_successor(recorded: Path) -> None:
    place = list(read_frames(recorded))[1].place
    older = segment_file(recorded, 0)
    older.write_bytes(older.read_bytes()[: place.offset - 48])
    with pytest.raises(IntegrityError, match="not the segment that its successor follows"):
        list(read_frames(recorded))


def test_an_empty_place_has_no_entries(tmp_path: Path) -> None:
    assert list(read_all(tmp_path, keys=KEYS)) == []
    assert list(Tail(tmp_path, keys=KEYS).read()) == []


def test_a_tail_gives_what_is_new_once_and_begins_with_the_run_that_writes(tmp_path: Path) -> None:
    Journal.open(tmp_path, keys=KEYS).close()
    journal = Journal.open(tmp_path, keys=KEYS)
    tail = Tail(tmp_path, keys=KEYS)
    assert [each[:2] for each in seen(tail.read())] == [(journal.control, 0)]
    assert seen(tail.read()) == []
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"new"))
    journal.close()
    assert [each[0] for each in seen(tail.read())] == [ONE, ONE, journal.control]
    again = Journal.open(tmp_path, keys=KEYS)
    assert [each[:2] for each in seen(tail.read())] == [(again.control, 0)]
    again.close()


@pytest.mark.parametrize("number", [0, 1])
def test_zeros_at_the_end_of_a_segment_are_nothing(recorded: Path, number: int) -> None:
    before = seen(read_all(recorded, keys=KEYS))
    file = segment_file(recorded, number)
    file.write_bytes(file.read_bytes() + bytes(300_000))
    assert seen(read_all(recorded, keys=KEYS)) == before
    assert len(list(read_session(recorded, TWO, keys=KEYS))) == 4


def test_anything_but_zeros_at_the_end_of_an_older_segment_is_damage(recorded: Path) -> None:
    file = segment_file(recorded, 0)
    file.write_bytes(file.read_bytes() + bytes(5000) + b"x" + bytes(5000))
    with pytest.raises(IntegrityError, match="no whole group is there"):
        list(read_frames(recorded))


def test_a_tail_follows_a_journal_that_has_zeros_ahead(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    tail, heard = Tail(tmp_path, keys=KEYS), []
    for n in range(5):
        asyncio.run(appended(journal, b"%d" % n))
        heard += [each[2] for each in seen(tail.read())]
    assert segment_file(tmp_path, 0).read_bytes().endswith(bytes(1000))
    assert heard == [b"", b"", b"0", b"1", b"2", b"3", b"4"]
    places = [(each.segment, each.offset) for each in read_all(tmp_path, keys=KEYS)]
    journal.close()
    assert places == [(each.segment, each.offset) for each in read_all(tmp_path, keys=KEYS)][:-1]


async def appended(journal: Journal, payload: bytes) -> None:
    await journal.append(entry(ONE, payload=payload))


def test_a_group_that_is_still_being_written_is_not_there_yet(recorded: Path) -> None:
    file = segment_file(recorded, 1)
    whole = file.read_bytes()
    tail = Tail(recorded, keys=KEYS)
    file.write_bytes(whole[:-9])
    before = seen(tail.read())
    file.write_bytes(whole)
    after = seen(tail.read())
    assert after
    assert before + after == seen(read_all(recorded, keys=KEYS))[2:]


def test_since_an_instant_before_all_of_it_every_run_is_read(tmp_path: Path) -> None:
    for number in (1, 2):
        journal = Journal.open(tmp_path, keys=KEYS)
        journal.put(entry(session(number), EntryKind.OPEN))
        journal.close()
    assert seen(read_since(tmp_path, 0, keys=KEYS)) == seen(read_all(tmp_path, keys=KEYS))
