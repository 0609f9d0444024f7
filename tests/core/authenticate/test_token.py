"""Which grants open which upstreams, and what those are told whose do not."""

import hashlib

import pytest

from firedoor.core.authenticate.token import authenticate, digest_of
from firedoor.model.grant import Grant
from firedoor.model.reply import Refusal
from tests.helpers.nouns import grant


def test_a_token_is_known_by_its_digest() -> None:
    assert digest_of("fd_x") == hashlib.sha256(b"fd_x").hexdigest()
    assert digest_of("\ud800") != digest_of("?")


@pytest.mark.parametrize(
    "found",
    [grant(), grant(expires_at_us=101), grant(upstreams=frozenset({"disk", "other"}))],
)
def test_a_grant_that_stands_is_returned(found: Grant) -> None:
    assert authenticate("fd_x", found, "disk", 100) is found


@pytest.mark.promise("ID-2")
@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "token_unknown"),
        (grant(revoked_at_us=500), "token_revoked"),
        (grant(revoked_at_us=1, expires_at_us=1), "token_revoked"),
        (grant(expires_at_us=100), "token_expired"),
        (grant(upstreams=frozenset()), "token_not_for_upstream"),
        (grant(upstreams=frozenset({"disk2"})), "token_not_for_upstream"),
    ],
)
def test_a_grant_that_does_not_stand_is_refused(found: Grant | None, reason: str) -> None:
    refusal = authenticate("fd_x", found, "disk", 100)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.reason) == (401, reason)


def test_refusals_of_a_token_look_the_same_from_outside() -> None:
    told = {
        (refusal.text, refusal.headers, refusal.code)
        for found in (None, grant(revoked_at_us=1), grant(expires_at_us=1), grant(upstreams=frozenset()))
        if isinstance(refusal := authenticate("fd_x", found, "disk", 100), Refusal)
    }
    assert len(told) == 1


def test_no_token_is_refused_even_beside_a_grant() -> None:
    refusal = authenticate("", grant(), "disk", 100)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "no_token"
