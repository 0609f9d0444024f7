"""The policy in force, in a running gateway and for the people who change it.

A start takes the files of the settings if they have changed since a start or an `apply` last saw them; else
what was applied stays in force, also if it was taken back to an older one. A version that another process
applies decides the next call: its coming into force is durable in the record before it decides anything. One
that cannot be used here (its upstream is gone, its language newer) leaves the good one in force, and says so.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from firedoor.app.policy.file import CODE, Documents, policy_of, read_documents
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.policies import StoredPolicies
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.json import Json
from firedoor.model.policy import Policy
from firedoor.model.upstream import Upstream
from firedoor.ports.policy_versions import POLICY_OUTRUN, PolicyVersion, PolicyVersions
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.policy")

BY_SETTINGS = "settings"
"""Who applied a version that a start took from the files."""
_STARTS_AT_ONCE = 64
"""Looks at most. Stops gateways of other files, started again and again, from keeping one out for ever."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules can name, beside the calls themselves."""

    upstreams: Sequence[Upstream]
    masks: tuple[str, ...]


def ground_of(settings: Settings) -> Ground:
    """What the rules of these settings can name."""
    upstreams = [entry.upstream for entry in settings.upstreams]
    return Ground(upstreams, tuple(profile.name for profile in settings.masks))


def policy_on(ground: Ground, documents: Documents) -> Policy:
    """Make a policy of documents.

    Raises:
        SettingsError: a rule cannot be used there; names `file:line`.
    """
    return policy_of(documents, ground.upstreams, ground.masks)


def packed(documents: Documents) -> str:
    """Documents as the store keeps them."""
    return json.dumps({"files": documents.files, "packs": dict(documents.packs)}, ensure_ascii=False)


def unpacked(text: str) -> Documents:
    """Documents as the store kept them.

    Raises:
        SettingsError: the store holds something else.
    """
    try:
        said = json.loads(text)
        files = tuple((str(path), str(content)) for path, content in said["files"])
        return Documents(files=files, packs={str(k): str(v) for k, v in said["packs"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(CODE, "The store holds a policy that cannot be read.") from None


def drafts_of(documents: Documents) -> str:
    """Tell one state of the files from another."""
    return "sha256:" + hashlib.sha256(packed(documents).encode()).hexdigest()


def made_of(documents: Documents, policy: Policy, *, by: str, note: str, at_us: int) -> PolicyVersion:
    """A version that can be kept."""
    return PolicyVersion(version=policy.version, documents=packed(documents), by=by, note=note, at_us=at_us)


def in_force(settings: Settings, stored: StoredPolicies) -> Policy | None:
    """The policy in force, as these settings understand it; None if none was ever applied.

    Raises:
        SettingsError: it cannot be used with these settings.
    """
    newest = stored.newest()
    return None if newest is None else policy_on(ground_of(settings), unpacked(newest.documents))


def at_start(settings: Settings, stored: PolicyVersions, now_us: Callable[[], int]) -> Policy:
    """The policy that a start finds in force. Of those that start at once with the same files, one adds it.

    Raises:
        SettingsError: the files, or the version that was applied, cannot be used.
    """
    documents = read_documents(settings.policies)
    drafts = drafts_of(documents)
    for _ in range(_STARTS_AT_ONCE):
        newest = stored.newest()
        if newest is not None and newest.drafts == drafts:
            return policy_on(ground_of(settings), unpacked(newest.documents))
        policy = policy_on(ground_of(settings), documents)
        made = made_of(documents, policy, by=BY_SETTINGS, note="", at_us=now_us())
        try:
            stored.add(made.seen_with(drafts), expected=0 if newest is None else newest.number)
        except SettingsError as fault:
            if fault.code != POLICY_OUTRUN:
                raise
        else:
            return policy
    raise SettingsError(
        "policy_outrun",
        "The policy changed all the while that this gateway started.",
        "Gateways that share a database need the same files: `policies:` in their settings.",
    )


class LivePolicies:
    """Implements the port `Policies`."""

    def __init__(
        self,
        stored: StoredPolicies,
        policy: Policy,
        ground: Ground,
        recorder: Recorder,
        now_us: Callable[[], int],
    ) -> None:
        self._stored = stored
        self._policy = policy
        self._ground = ground
        self._recorder = recorder
        self._now_us = now_us
        self._number = 0
        self._turn = asyncio.Lock()

    async def current(self) -> Policy:
        """The policy in force.

        Raises:
            RecordError: the store cannot be read, or the change cannot be recorded.
        """
        if await self._stored.number() != self._number:
            async with self._turn:
                # Asked again: whoever had the turn before may have taken it.
                number = await self._stored.number()
                if number != self._number:
                    await self._take(number)
        return self._policy

    async def _take(self, number: int) -> None:
        found = await asyncio.to_thread(self._stored.find, number)
        if found is None:
            raise RecordError("policy_gone", f"Version {number} of the policy is not in the store.")
        try:
            policy = await asyncio.to_thread(self._made, found)
        except SettingsError as fault:
            await self._record("policy_refused", found, {"why": fault.code})
            log.error("version %d of the policy cannot be used here: %s", number, fault.message)  # noqa: TRY400 said whole
        else:
            await self._record("policy_in_force", found, {"previous": self._policy.version})
            log.info("version %d of the policy is in force: %s", number, policy.version)
            self._policy = policy
        self._number = number

    def _made(self, found: PolicyVersion) -> Policy:
        policy = policy_on(self._ground, unpacked(found.documents))
        # What is the same stays the same object: whatever was made from it is kept.
        return self._policy if policy.version == self._policy.version else policy

    async def _record(self, what: str, found: PolicyVersion, about: Mapping[str, Json]) -> None:
        envelope: dict[str, Json] = {
            "what": what,
            "policy": found.version,
            "number": found.number,
            "applied_by": found.by,
            "note": found.note,
            **about,
        }
        entry = Entry(
            kind=EntryKind.CONTROL,
            session=self._recorder.control,
            at_us=self._now_us(),
            envelope=envelope,
            payload=found.documents.encode(),
        )
        await self._recorder.append(entry)


def draft_of(settings: Settings, paths: Sequence[Path] | None) -> tuple[Documents, Policy]:
    """Read and check a draft: the files that are named, else those of the settings.

    Raises:
        SettingsError: it cannot be used; names `file:line`.
    """
    documents = read_documents(paths or settings.policies)
    return documents, policy_on(ground_of(settings), documents)
