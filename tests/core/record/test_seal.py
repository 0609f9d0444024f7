import dataclasses

import pytest

from firedoor.core.record.frame import ZSTD, unpack_header
from firedoor.core.record.seal import OPENING_BYTES, derive
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError
from tests.core.record.sealed import KEY, RECORDING, SALT, entry, frames, sealer


def test_sequence_numbers_count_from_zero() -> None:
    sealing = sealer()
    assert [sealing.seal(each)[0] for each in RECORDING] == [0, 1, 2, 3]


def test_a_number_is_not_spent_on_what_is_refused() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    with pytest.raises(RecordError):
        sealing.seal(dataclasses.replace(RECORDING[1], envelope={"name": "\ud800"}))
    assert sealing.seal(RECORDING[1])[0] == 1


def test_the_same_entry_twice_gives_two_frames_that_share_nothing_after_the_header() -> None:
    sealing = sealer()
    sealing.seal(RECORDING[0])
    _, one = sealing.seal(RECORDING[1])
    _, two = sealing.seal(RECORDING[1])
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
        derive(KEY, SALT, layer=b"raw").commitment,
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
