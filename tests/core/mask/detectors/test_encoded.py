"""What stands in base64 in a text is found where it is a credential, and only there."""

from base64 import b64encode

import pytest

from firedoor.model.mask import CREDENTIALS
from tests.helpers.masks import masker

CREDENTIAL = [
    "password=Sn0wdrift-88-canal",
    '{"db_password": "Sn0wdrift-88"}',
    "postgres://svc:fjord-91-lynx@db.prod:5432/main",
    "admin:Kestrel-2291-Moor",
    '{"email": "imke.voss@example.com"}',
    "-----BEGIN PRIVATE" + " KEY-----MIIEvQ",
]
NONE = [
    "nothing but a few words of text",
    "registry.example.org:5000/app",
    "10.0.0.12:8443,10.0.0.13:8443",
    "sha256:0123456789abcdef0123456789",
    '{"state": "running", "replicas": 3}',
]


@pytest.mark.parametrize("text", CREDENTIAL)
@pytest.mark.parametrize("is_padded", [True, False])
def test_a_credential_in_base64_is_found_in_a_text(text: str, is_padded: bool) -> None:
    written = b64encode(text.encode()).decode()
    written = written if is_padded else written.rstrip("=")
    seen = masker().text(f"the annotation holds {written} since Monday")
    assert written.rstrip("=") not in seen.text
    assert {one.kind for one in seen.found} <= CREDENTIALS


@pytest.mark.parametrize("text", NONE)
def test_what_stands_in_base64_and_is_none_stays(text: str) -> None:
    written = b64encode(text.encode()).decode()
    assert not masker().text(f"the annotation holds {written} since Monday").found


def test_base64_with_a_letter_too_many_is_read_as_far_as_it_goes() -> None:
    written = b64encode(b"password=Sn0wdrift-88-canal").decode() + "x"
    assert masker().text(f"the annotation holds {written} since Monday").found
