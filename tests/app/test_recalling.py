"""What a held call was about is read from the record, and shown only if the approval covers it."""

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.app.acts import open_journal
from firedoor.app.keys import add_recipient
from firedoor.app.recalling import ELSEWHERE, LARGE, SEALED, UNLIKE, Recalling
from firedoor.app.settings.resolved import Settings
from firedoor.core.decide.call_digest import call_digest
from firedoor.core.mask.messages.message import Seen
from firedoor.edges.keys.age import KeyRing
from firedoor.model.approval import Approval, Shown
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.ids import CallId, call_id
from firedoor.model.json import Json
from tests.app.recorded import ONE, record, settings_in, somebody
from tests.edges.store.journal.around import session
from tests.helpers.approvals import approval
from tests.helpers.nouns import message, request, upstream

pytestmark = pytest.mark.anyio

KEY = b"k" * 32
BODY = request(params={"name": "add", "arguments": {"to": "ann@x.example"}})
VERDICT: dict[str, Json] = {
    "effect": "hold", "understood": ["It adds."], "obligations": {"mask": ["strict"]},
}  # fmt: skip


def held(body: bytes = BODY, **changes) -> Approval:
    asked = approval(session=ONE, call=CallId(f"{ONE}.1"))
    digest = call_digest(message(body=body), asked.whom, asked.definition, asked.policy_version)
    keyed = hmac.new(KEY, digest.encode(), hashlib.sha256).hexdigest()
    return replace(asked, digest=keyed, **changes)


def recorded(settings: Settings, body: bytes = BODY, raw: bytes | None = None, **envelope: Json) -> CallId:
    """Record a held call; its id. What is of two layers has two frames, and the number of the last."""
    opened = Entry(kind=EntryKind.OPEN, session=ONE, at_us=1, envelope={"upstream": "disk"})
    about: dict[str, Json] = {"method": "tools/call", "name": "add", "verdict": VERDICT, **envelope}
    intent = replace(opened, kind=EntryKind.INTENT, envelope=about, payload=body, raw=raw)
    with open_journal(settings) as journal:
        journal.put(opened)
        sequence = journal.put(intent)
        journal.put(replace(intent, kind=EntryKind.EVENT, envelope={"call": sequence}, raw=None))
    return call_id(ONE, sequence)


def recalling(settings: Settings, **changes) -> Recalling:
    asked: list[tuple[str, ...]] = []

    async def mask(profiles: tuple[str, ...], payload: bytes) -> Seen:
        asked.append(profiles)
        assert profiles == ("usual", "strict")
        return Seen(view=payload.replace(b"ann@x.example", b"EMAIL_1"), raw=payload)

    given = {
        "data_dir": settings.data_dir,
        "ring": KeyRing.open(settings.data_dir, settings.custody, may_make=False),
        "custody": settings.custody,
        "upstreams": {"disk": upstream(mask="usual")},
        "mask": mask,
        "key": KEY,
    }
    return Recalling(**{**given, **changes})


async def test_it_is_shown_masked_with_what_was_understood(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    recorded(settings)
    found = await recalling(settings).recall(held())
    assert isinstance(found, Shown)
    assert json.loads(found.params)["arguments"] == {"to": "EMAIL_1"}
    assert found.understood == ("It adds.",)


async def test_where_nothing_is_masked_it_is_shown_as_it_was_sent(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    recorded(settings, verdict={"effect": "hold"})
    found = await recalling(settings, upstreams={"disk": upstream()}).recall(held())
    assert isinstance(found, Shown)
    assert (json.loads(found.params)["arguments"], found.understood) == ({"to": "ann@x.example"}, ())


async def test_what_was_put_back_in_clear_is_what_the_approval_covers(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    call = recorded(settings, BODY.replace(b"ann@x.example", b"EMAIL_7"), BODY, revealed=["email"])
    found = await recalling(settings).recall(held(call=call))
    assert isinstance(found, Shown)
    assert "EMAIL_1" in found.params


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (held(request(params={"name": "add", "arguments": {"to": "bob"}})), UNLIKE),
        (held(name="remove"), UNLIKE),
        (held(policy_version="sha256:" + "f" * 64), UNLIKE),
        (held(method="tasks/get"), UNLIKE),
        (held(call=CallId(f"{ONE}.2")), ELSEWHERE),
        (held(call=CallId(f"{ONE}.9")), ELSEWHERE),
        (held(session="01999999-9999-7999-8999-999999999998"), ELSEWHERE),
    ],
    ids=[
        "other arguments",
        "another name",
        "another policy",
        "another method",
        "no intent",
        "nothing",
        "no session",
    ],
)
async def test_what_is_not_what_it_covers_is_not_shown(tmp_path: Path, asked: Approval, why: str) -> None:
    settings = settings_in(tmp_path)
    recorded(settings)
    assert await recalling(settings).recall(asked) == why


async def test_an_upstream_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    recorded(settings)
    assert await recalling(settings, upstreams={}).recall(held()) == ELSEWHERE


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_what_is_no_message_is_not_shown(tmp_path: Path, body: bytes) -> None:
    settings = settings_in(tmp_path)
    recorded(settings, body)
    assert await recalling(settings).recall(held()) == UNLIKE


async def test_what_cannot_be_masked_or_read_by_a_person_is_not_shown(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    large = request(params={"name": "add", "arguments": {"to": "x" * 70_000}})
    recorded(settings, large)

    async def withholding(_: tuple[str, ...], payload: bytes) -> Seen:
        return Seen(view=b"", raw=payload, withheld="it is too deep")

    assert await recalling(settings).recall(held(large)) == LARGE
    why = await recalling(settings, mask=withholding).recall(held(large))
    assert why == "It cannot be masked: it is too deep."


async def test_a_sealed_gateway_says_that_it_cannot(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "record: {mode: sealed}\n")
    add_recipient(settings, somebody(tmp_path, "offline", *Layer)[0])
    recorded(settings)
    assert await recalling(settings).recall(held()) == SEALED


async def test_what_was_put_back_in_clear_is_sealed_where_only_the_view_opens(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "record: {mode: view}\n")
    add_recipient(settings, somebody(tmp_path, "offline", *Layer)[0])
    call = recorded(settings, BODY.replace(b"ann@x.example", b"EMAIL_7"), BODY, revealed=["email"])
    assert await recalling(settings).recall(held(call=call)) == SEALED


async def test_a_record_that_does_not_verify_shows_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    recorded(settings)
    record(settings, session(2))  # what was left open is in a file of its own from then on
    [file] = (settings.data_dir / "sessions").rglob(f"{ONE}.fdrec")
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    assert await recalling(settings).recall(held()) == "The record does not verify: firedoor verify"
