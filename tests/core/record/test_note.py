import pytest

from firedoor.core.record.note import NoteKey, NoteSigner, read_key, read_note

SIGNER = NoteSigner("log.example/door", bytes(range(32)))
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
# The example of Go's golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)


def test_a_note_that_go_signed_opens() -> None:
    key = read_key(PETER)
    note = read_note(GO_NOTE.encode())
    assert key is not None
    assert note is not None
    assert note.text == TEXT
    assert key.has_signed(note)
    assert str(key) == PETER


def test_what_is_signed_opens_with_its_key_and_no_other() -> None:
    note = read_note(SIGNER.sign(TEXT))
    assert note is not None
    assert SIGNER.key.has_signed(note)
    assert not NoteSigner("log.example/door", bytes(32)).key.has_signed(note)
    assert not NoteKey("log.example/other", SIGNER.key.public).has_signed(note)


def test_no_bit_of_a_note_can_be_flipped() -> None:
    whole = SIGNER.sign("door\n4\n")
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        note = read_note(bytes(flipped))
        assert note is None or not SIGNER.key.has_signed(note), bit


def test_signatures_of_others_do_no_harm_and_a_bad_one_of_the_key_does() -> None:
    whole = SIGNER.sign(TEXT)
    other = NoteSigner("witness.example", bytes(32)).sign(TEXT)
    both = read_note(whole + other.split(b"\n\n")[1])
    assert both is not None
    assert len(both.signatures) == 2
    assert SIGNER.key.has_signed(both)
    forged = NoteSigner("log.example/door", bytes(range(32))).sign("another\n").split(b"\n\n")[1]
    mixed = read_note(whole + forged)
    assert mixed is not None
    assert not SIGNER.key.has_signed(mixed)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"text\n", b"text\n\n", b"text\n\nno signature\n", "text\n\n— a b\n".encode(),
        "te\x01xt\n\n— a AAAAAAAA\n".encode(), "text\n\n— a AAAAAAAA".encode(), b"\xff\n\n",
        "text\n\n— a AAAAAAAB\n".encode() * 20_000, "text\n\n— a AAAA\n".encode(),
        "text\n\n— a AAAAAAA\n".encode(), b"t\n\n" + "— a AAAAAAAA\n".encode() * 101,
    ],
)  # fmt: skip
def test_what_is_no_note_is_not_taken_apart(content: bytes) -> None:
    assert read_note(content) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name+c74f20a3", PETER.replace("c74", "c75"), PETER.replace("Peter", "Pete"),
        PETER[:-1], PETER + "=", "a+00000000+AQ==", PETER.replace("+ARpc", "+AhpC"),
        "\ud800+" + PETER.partition("+")[2],
    ],
)  # fmt: skip
def test_what_is_no_key_is_not_read(text: str) -> None:
    assert read_key(text) is None


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_would_break_a_line_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name of a key"):
        NoteKey(name, SIGNER.key.public)


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n"])
def test_a_text_that_is_none_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="text ends in a newline"):
        SIGNER.sign(text)
