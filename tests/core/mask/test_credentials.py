"""No spelling of a credential is left, and nothing else changes."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firedoor.core.mask.credentials import WITHHELD, spellings, texts, without_credentials

CREDENTIAL = st.text(st.characters(codec="utf-8", min_codepoint=33), min_size=6, max_size=40).filter(
    lambda text: text not in WITHHELD.decode()
)
AROUND = st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=40)
WRITTEN = [
    str,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    lambda text: (
        json.dumps(text)[1:-1].replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
    ),
]


@pytest.mark.promise("PATH-6")
@given(CREDENTIAL, AROUND, AROUND, st.sampled_from(WRITTEN))
def test_no_spelling_is_left_and_what_stands_around_it_stays(credential, before, after, written) -> None:
    spelled = spellings([credential])
    sides = (before.encode(), after.encode())
    whole = sides[0] + written(credential).encode() + sides[1]
    assume(not any(s in side for s in spelled for side in sides))
    masked = without_credentials(whole, spelled)
    assert not any(spelling in masked for spelling in spelled)
    # Overlaps with what stands around it may be masked in its place: then more is gone, never less.
    if all(whole.count(s) <= 1 for s in spelled) and whole.find(spelled[0]) in (-1, len(sides[0])):
        assert masked.startswith(sides[0])
        assert masked.endswith(sides[1])


@given(st.lists(CREDENTIAL, max_size=3), st.binary(max_size=60))
def test_a_payload_without_any_is_the_same_object(credentials, payload) -> None:
    spelled = spellings(credentials)
    assume(not any(spelling in payload for spelling in spelled))
    assert without_credentials(payload, spelled) is payload


def test_escapes_that_are_needed_hide_no_credential_of_plain_letters() -> None:
    needed = b'{"text":"caf\\u00e9 \\u0007 s3cret-token-1"}'
    spelled = spellings(["another-token-2"])
    assert without_credentials(needed, spelled) is needed
    assert b"s3cret-token-1" not in without_credentials(needed, spellings(["s3cret-token-1"]))


def test_every_occurrence_is_withheld_and_the_longest_first() -> None:
    spelled = spellings(["s3cr3t", "s3cr3t-and-more"])
    assert without_credentials(b'["s3cr3t","s3cr3t-and-more","s3cr3t"]', spelled) == (
        b'["%s","%s","%s"]' % (WITHHELD, WITHHELD, WITHHELD)
    )


def test_a_masked_message_is_json_still() -> None:
    credential = 'p"a\\s/s<&>é😀'
    for plain in (True, False):
        payload = json.dumps({"text": f"it is {credential}!"}, ensure_ascii=plain).encode()
        masked = without_credentials(payload, spellings([credential]))
        assert json.loads(masked) == {"text": f"it is {WITHHELD.decode()}!"}


def test_what_is_too_short_to_be_a_credential_is_none() -> None:
    assert spellings(["", "abcde"]) == ()
    assert b"abcdef" in spellings(["abcdef"])


@pytest.mark.promise("PATH-6")
@given(CREDENTIAL, st.randoms(use_true_random=False))
def test_a_credential_is_found_whichever_of_its_characters_are_escaped(credential, dice) -> None:
    def written(character: str) -> str:
        units = character.encode("utf-16-be")
        codes = [f"{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)]
        escaped = "".join(f"\\u{code}" for code in codes)
        plain = json.dumps(character, ensure_ascii=False)[1:-1]
        return dice.choice([plain, escaped, "".join(f"\\u{code.upper()}" for code in codes)])

    text = "".join(written(character) for character in credential)
    payload = f'{{"text":"it is {text}!","n":1.50}}'.encode()
    assert json.loads(payload)["text"] == f"it is {credential}!"
    masked = without_credentials(payload, spellings([credential]))
    assert masked == b'{"text":"it is %s!","n":1.50}' % WITHHELD


def test_an_escape_before_a_credential_is_not_cut_in_half() -> None:
    spelled = spellings(["test1234"])
    for payload in (rb'{"a":"\\test1234"}', rb'{"a":"\test1234"}', rb'{"a":"\\\u0074est1234"}'):
        assert "test1234" not in json.loads(without_credentials(payload, spelled))["a"]


def test_needless_escapes_of_something_else_are_left() -> None:
    payload = rb'{"text":"\\u0041 \u0041\u0042 \u003c"}'
    assert without_credentials(payload, spellings(["s3cr3t-key"])) is payload
    assert without_credentials(payload, spellings(["s3cr3t-k\u00e9y"])) is payload


def test_a_credential_that_is_no_json_is_looked_for_as_it_stands() -> None:
    assert "odd\\q-key" in texts(spellings(["odd\\q-key"]))
    assert without_credentials(b"it is odd\\q-key", spellings(["odd\\q-key"])) == b"it is " + WITHHELD


def test_escapes_of_several_kinds_in_one_credential_are_undone_together() -> None:
    for payload in (rb'{"a":"\u0030000\u0022\\"}', rb'{"a":"0000\"\u005c"}', rb'{"a":"\u0030000\"\\"}'):
        assert json.loads(without_credentials(payload, spellings(['0000"\\']))) == {"a": WITHHELD.decode()}
    for payload in (rb'{"a":"a/b\/c/d"}', rb'{"a":"a\/b/c\u002fd"}'):
        assert json.loads(without_credentials(payload, spellings(["a/b/c/d"]))) == {"a": WITHHELD.decode()}


@pytest.mark.parametrize("written", [r"00\\\\/\u0030", r"00\u005c\\/0"])
def test_a_backslash_that_stands_for_itself_escapes_no_slash_behind_it(written: str) -> None:
    credential = r"00\\/0"
    payload = f'{{"text":"{written}"}}'.encode()
    assert json.loads(payload)["text"] == credential
    assert json.loads(without_credentials(payload, spellings([credential])))["text"] == WITHHELD.decode()


@pytest.mark.parametrize("around", [b"", b"\\u0041", b"\\/"])
def test_a_credential_of_other_letters_is_found_among_escapes(around: bytes) -> None:
    spelled = spellings(["żółw-przepiękny"])
    for written in ("żółw-przepiękny".encode(), b"\\u017C\\u00f3\\u0142w-przepi\\u0119kny"):
        assert without_credentials(around + written + around, spelled) == around + WITHHELD + around
    assert without_credentials(b"quiet" + around, spelled) == b"quiet" + around
