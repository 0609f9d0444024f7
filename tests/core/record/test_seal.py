import dataclasses

import pytest

from firedoor.core.record.content import MAX_CONTENT, PIECE, ContentPacker
from firedoor.core.record.frame import LAST_EPOCH, RAW_LAYER, ZSTD, Header, unpack_header
from firedoor.core.record.seal import OPENING_BYTES, Plan, Sealed, derive
from firedoor.model.entry import EntryKind, Layer
from firedoor.model.errors import RecordError
from tests.core.record.sealed import KEY, LONG, RECORDING, SALT, entry, frames, masked, sealer


def test_sequence_numbers_count_from_zero() -> None:
    sealing = sealer()
    assert [sealing.seal(each).sequence for each in RECORDING] == [0, 1, 2, 3]


def test_a_number_is_not_spent_on_what_is_refused() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    with pytest.raises(RecordError):
        sealing.seal(dataclasses.replace(RECORDING[1], envelope={"name": "\ud800"}))
    assert sealing.seal(RECORDING[1]).sequence == 1


def test_the_same_entry_twice_gives_two_frames_that_share_nothing_after_the_header() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    (one,) = sealing.seal(RECORDING[1]).frames
    (two,) = sealing.seal(RECORDING[1]).frames
    assert one[48:] != two[48:]
    assert one[48:80] != two[48:80]


def test_nonces_are_the_base_nonce_xor_the_number() -> None:
    derived = derive(KEY, SALT)
    base = derived.base_nonce.to_bytes(12)
    assert derived.nonce(0) == base
    assert derived.nonce(1) == base[:-1] + bytes([base[-1] ^ 1])
    assert len({derived.nonce(n) for n in range(1000)}) == 1000


def test_layer_and_epoch_give_other_keys() -> None:
    commitments = {
        derive(KEY, SALT).commitment,
        derive(KEY, SALT, layer=Layer.RAW).commitment,
        derive(KEY, SALT, epoch=1).commitment,
        derive(KEY, bytes(24)).commitment,
        derive(bytes(32), SALT).commitment,
    }
    assert len(commitments) == 5


@pytest.mark.parametrize(("key", "salt"), [(bytes(31), SALT), (KEY, bytes(23)), (b"", b"")])
def test_a_key_or_salt_of_another_length_is_refused(key: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError):
        derive(key, salt)


def test_the_first_frame_carries_salt_and_commitment_in_clear() -> None:
    assert frames()[0][48 : 48 + OPENING_BYTES] == SALT + derive(KEY, SALT).commitment


def test_a_body_says_nothing_of_its_exact_length() -> None:
    lengths = [len(frames([RECORDING[0], entry(EntryKind.INTENT, 1, b"x" * n)])[1]) for n in (1, 20, 40)]
    assert len(set(lengths)) == 1


def test_only_what_is_compressed_is_flagged_so() -> None:
    flags = [header.flags for header in map(unpack_header, frames()) if header is not None]
    assert flags == [0, 0, ZSTD, 0]


def test_a_session_begins_with_open_and_has_one() -> None:
    with pytest.raises(RecordError, match="first entry"):
        sealer(RECORDING[1])
    sealing = sealer()
    with pytest.raises(RecordError):
        sealing.seal(RECORDING[1])
    sealing.seal(RECORDING[0])
    with pytest.raises(RecordError) as caught:
        sealing.seal(RECORDING[0])
    assert caught.value.code == "session_already_open"


def test_a_message_that_masking_changed_becomes_two_frames_of_which_the_view_is_the_last() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    sealed = sealing.seal(masked())
    flags = [header.flags & RAW_LAYER for header in map(unpack_header, sealed.frames) if header]
    assert flags == [RAW_LAYER, 0]
    assert sealed.sequence == 2
    assert [(key.layer, key.epoch) for key in sealed.keys] == [(Layer.RAW, 0)]
    assert sealing.seal(masked()).keys == ()


@pytest.mark.parametrize("raw", [None, b"same"])
def test_a_message_that_masking_left_as_it_was_is_stored_once(raw: bytes | None) -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    sealed = sealing.seal(masked(payload=b"same", raw=raw))
    assert (sealed.sequence, len(sealed.frames), sealed.keys) == (1, 1, ())


def test_a_raw_layer_that_is_refused_spends_no_number_and_no_key() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    with pytest.raises(RecordError):
        sealing.seal(masked(raw=bytes(MAX_CONTENT)))
    sealed = sealing.seal(masked())
    assert (sealed.sequence, len(sealed.keys)) == (2, 1)


def test_the_first_entry_of_a_session_has_no_layers() -> None:
    opening = dataclasses.replace(RECORDING[0], raw=b"x")
    with pytest.raises(RecordError) as caught:
        sealer(opening).seal(opening)
    assert caught.value.code == "opening_has_layers"


def test_after_renewing_everything_is_sealed_under_new_keys() -> None:
    sealing = sealer()
    first = [*sealing.seal(RECORDING[0]).keys, *sealing.seal(masked()).keys]
    sealing.renew()
    sealed = sealing.seal(masked())
    assert [(key.layer, key.epoch) for key in sealed.keys] == [(Layer.RAW, 1), (Layer.VIEW, 1)]
    assert len({key.key for key in (*first, *sealed.keys)}) == 4
    assert [header.epoch for header in map(unpack_header, sealed.frames) if header] == [1, 1]


def test_a_session_has_no_more_epochs_than_its_flags_can_say() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    for _ in range(LAST_EPOCH):
        sealing.renew()
        sealing.seal(RECORDING[1])
    with pytest.raises(RecordError) as caught:
        sealing.renew()
    assert caught.value.code == "epochs_spent"


def test_an_epoch_that_nothing_was_sealed_in_is_not_left_behind() -> None:
    """Epochs follow one another: one that was passed over would be damage."""
    sealing = sealer()
    sealing.seal(RECORDING[0])
    for _ in range(3):
        sealing.renew()
    (frame,) = sealing.seal(RECORDING[1]).frames
    header = unpack_header(frame)
    assert header is not None
    assert header.epoch == 1


def headers(sealed: Sealed) -> list[Header]:
    return [header for frame in sealed.frames if (header := unpack_header(frame)) is not None]


def test_a_long_entry_has_several_frames_of_which_all_but_the_last_say_that_it_goes_on() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    sealed = sealing.seal(entry(EntryKind.OUTCOME, 1, LONG))
    assert [header.goes_on for header in headers(sealed)] == [True, True, False]
    assert [header.sequence for header in headers(sealed)] == [1, 2, 3]
    assert sealed.sequence == 3
    assert max(map(len, sealed.frames)) <= PIECE + 200
    assert sealing.seal(RECORDING[1]).sequence == 4


def test_each_layer_of_a_long_entry_goes_on_by_itself_the_raw_one_first() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    sealed = sealing.seal(masked(LONG[: 2 * PIECE], LONG))
    assert [(header.layer, header.goes_on) for header in headers(sealed)] == [
        (Layer.RAW, True), (Layer.RAW, True), (Layer.RAW, False),
        (Layer.VIEW, True), (Layer.VIEW, True), (Layer.VIEW, False),
    ]  # fmt: skip
    assert [(key.layer, key.epoch) for key in sealed.keys] == [(Layer.RAW, 0)]


def test_what_is_taken_behind_a_long_entry_waits_for_it_and_is_the_same_as_sealed_at_once() -> None:
    """Numbers are spent when an entry is taken; frames are made later, one by one, in their order."""
    later, at_once = sealer(), sealer()
    entries = [entry(EntryKind.OUTCOME, 1, LONG), RECORDING[1], masked(), masked(LONG, b"short")]
    later.seal(RECORDING[0])
    at_once.seal(RECORDING[0])
    plans = [later.take(each) for each in entries]
    assert all(isinstance(plan, Plan) for plan in plans)
    assert [plan.sequence for plan in plans] == [3, 4, 6, 10]
    frames = [
        frame
        for plan in plans
        if isinstance(plan, Plan)
        for _ in range(len(plan.left))
        for frame in later.seal_next(plan, ContentPacker()).frames
    ]
    assert frames == [frame for each in entries for frame in at_once.seal(each).frames]
    assert isinstance(later.take(RECORDING[1]), Sealed)


def test_an_entry_keeps_the_epoch_in_which_it_was_taken() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    plan = sealing.take(entry(EntryKind.OUTCOME, 1, LONG))
    sealing.renew()
    behind = sealing.take(RECORDING[1])
    assert isinstance(plan, Plan)
    assert isinstance(behind, Plan)
    sealed = [sealing.seal_next(each, ContentPacker()) for each in (plan, plan, plan, behind)]
    assert [headers(each)[0].epoch for each in sealed] == [0, 0, 0, 1]
    assert [bool(each.keys) for each in sealed] == [False, False, False, True]


@pytest.mark.parametrize("kind", [EntryKind.OPEN, EntryKind.CLOSE])
def test_what_opens_or_closes_a_session_has_one_frame_however_long_it_is(kind: EntryKind) -> None:
    """A client may say a lot of itself when it begins."""
    long = dataclasses.replace(entry(kind), envelope={"client": LONG.hex()})
    sealing = sealer(long if kind is EntryKind.OPEN else RECORDING[0])
    if kind is EntryKind.CLOSE:
        sealing.seal(RECORDING[0])
    assert [header.goes_on for header in headers(sealing.seal(long))] == [False]
    with pytest.raises(RecordError) as caught:
        sealer(RECORDING[0]).seal(dataclasses.replace(RECORDING[0], payload=bytes(MAX_CONTENT)))
    assert caught.value.code == "entry_too_large"


def test_a_session_that_goes_back_seals_as_if_nothing_had_been() -> None:
    one, two = sealer(), sealer()
    for each in (one, two):
        each.seal(RECORDING[0])
    mark = one.mark()
    assert not one.may_seal(masked())
    one.seal(masked())
    one.go_back(mark)
    assert not one.may_seal(masked())
    assert one.may_seal(RECORDING[1])
    assert one.seal(RECORDING[1]) == two.seal(RECORDING[1])


def test_a_session_that_goes_back_from_a_new_epoch_goes_on_in_the_next_one() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    sealing.renew()
    mark = sealing.mark()
    sealing.seal(RECORDING[1])
    sealing.renew()
    sealing.go_back(mark)
    assert not sealing.may_seal(RECORDING[1])
    assert [header.epoch for header in headers(sealing.seal(RECORDING[1]))] == [1]


def test_no_key_stands_in_what_is_printed_of_it() -> None:
    sealed = sealer().seal(RECORDING[0])
    assert sealed.keys[0].key == KEY
    assert "\\x00\\x01" not in repr(sealed.keys)
