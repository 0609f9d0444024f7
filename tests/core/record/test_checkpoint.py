import base64

import pytest

from firedoor.core.record.checkpoint import Checkpoint, checkpoint_in, open_checkpoint, sign_checkpoint
from firedoor.core.record.note import NoteSigner, read_note

SIGNER = NoteSigner("log.example/door", bytes(range(32)))
ROOT = base64.b64encode(bytes(32)).decode()
ONE = Checkpoint(origin="log.example/door", size=7, root=bytes(range(32)))


def test_a_checkpoint_opens_as_it_was_signed() -> None:
    assert open_checkpoint(sign_checkpoint(ONE, SIGNER), SIGNER.key) == ONE


def test_another_key_does_not_open_it() -> None:
    other = NoteSigner("log.example/door", bytes(32))
    assert open_checkpoint(sign_checkpoint(ONE, SIGNER), other.key) is None
    assert open_checkpoint(b"nothing", SIGNER.key) is None


def test_lines_that_follow_mean_nothing() -> None:
    note = read_note(SIGNER.sign(f"o\n0\n{ROOT}\nmore\n"))
    assert note is not None
    assert checkpoint_in(note) == Checkpoint(origin="o", size=0, root=bytes(32))


@pytest.mark.parametrize(
    "text",
    ["o\n7\n", f"o\n07\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"\n7\n{ROOT}\n", f"o\n7\n{ROOT[:-4]}\n", "o\n7\n!\n",
     f"o\n7\n{ROOT[:-2]}B=\n", f"o\n1{'0' * 19}\n{ROOT}\n", f"o\n٣\n{ROOT}\n", f"o\n7\n{ROOT}\n\nx\n"],
)  # fmt: skip
def test_a_text_that_is_no_checkpoint_is_not_read(text: str) -> None:
    assert open_checkpoint(SIGNER.sign(text), SIGNER.key) is None


@pytest.mark.parametrize(
    "wrong",
    [
        Checkpoint(origin="a\nb", size=1, root=bytes(32)),
        Checkpoint(origin="", size=1, root=bytes(32)),
        Checkpoint(origin="a", size=1, root=b""),
    ],
)
def test_what_cannot_be_written_is_not_signed(wrong: Checkpoint) -> None:
    with pytest.raises(ValueError, match="an origin is one line"):
        sign_checkpoint(wrong, SIGNER)
