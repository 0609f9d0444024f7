"""Commands about evidence: verify, checkpoint, verifier."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, AsJson, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.core.record.verify import Fault, Verification

Repeated = Parameter(negative="", consume_multiple=True)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the auditor has, and the copy that it is held against."""

    key: Annotated[
        list[str] | None, Repeated, Parameter(help="A public key that you pinned, or a file of them.")
    ] = None
    checkpoint: Annotated[
        list[Path] | None, Repeated, Parameter(help="A checkpoint that you kept: the log must continue it.")
    ] = None
    directory: Annotated[
        Path | None, Parameter(help="A data directory or a copy of one, instead of that of the settings.")
    ] = None


NOTHING = Brought()


def verify(
    session: str | None = None,
    /,
    *,
    all_: Annotated[bool, Parameter(name="--all", negative="", help="Everything: the default.")] = False,
    brought: Brought = NOTHING,
    sealed: Annotated[
        bool, Parameter(negative="", help="Do not ask for session keys: frames stay closed.")
    ] = False,
    printing: Printing = PLAINLY,
) -> int:
    """Verify the record and say which level it reaches.

    Exit code 0: verified; 1: failed; 2: incomplete; 3: nothing is wrong, and no pinned key has signed it.
    """
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.app.recording import find_session
    from firedoor.app.verifying import DUE_US, held_checkpoints, pinned_keys, ring_in, ring_of, session_in
    from firedoor.app.verifying import verify as run
    from firedoor.cli.output import print_json
    from firedoor.model.errors import ClientError
    from firedoor.operations.verify_record import Asked

    if session is not None and all_:
        raise ClientError("verify_what", "Either one session, or --all.")
    wanted = None
    if brought.directory is not None:
        folder, ring = brought.directory, ring_in(brought.directory)
        wanted = None if session is None else session_in(folder, session)
    else:
        found = settings_for_people(printing.settings)
        folder, ring = found.data_dir, ring_of(found)
        if session is not None:
            with open_store(found) as store:
                wanted = find_session(store, session)
    asked = Asked(
        session=wanted,
        keys=pinned_keys(brought.key or []),
        held=held_checkpoints(brought.checkpoint or []),
        may_be_sealed=sealed,
        due_us=now_us() - DUE_US,
        until_us=lambda: now_us() + DUE_US,
    )
    verification = run(folder, asked, ring=ring)
    if printing.as_json:
        print_json(described(verification))
    else:
        print("\n".join(lines_of(verification)))
    return int(verification.ending)


LEVELS = (
    "frames decode",
    "every frame is in the log, and every leaf has its frame",
    "the log is signed by a key that you pinned",
    "the log continues a checkpoint that you hold",
)
NEXT = (
    "",
    "",
    "pin its key: --key (firedoor checkpoint --key prints it)",
    "keep a checkpoint elsewhere and give it: --checkpoint FILE (firedoor checkpoint prints it)",
)
SHOWN = 50
"""Faults that are printed. JSON has all."""


def lines_of(verification: "Verification") -> list[str]:
    """Write a verification for people."""
    from firedoor.cli.output import clean

    level = verification.level
    below = "no level is reached: not every frame decodes" if verification.frames else "nothing was verified"
    lines = [f"L{level}  {LEVELS[level]}" if level >= 0 else f"--  {below}"]
    frames = "1 frame" if verification.frames == 1 else f"{verification.frames} frames"
    sessions = "1 session" if verification.sessions == 1 else f"{verification.sessions} sessions"
    lines.append(f"    {frames} of {sessions}")
    for log in verification.logs:
        pinned = "pinned key" if log.is_pinned else "key not pinned"
        held = "".join(f", continues the checkpoint of {size} leaves that you hold" for size in log.held)
        lines.append(f"    log {clean(log.origin)}: {log.size} leaves, {pinned}{held}")
        if log.continues is not None:
            lines.append(f"        it continues {clean(log.continues)}, which has ended")
    lines += [f"SHREDDED  session {session}" for session in verification.shredded]
    lines += [
        f"ACCEPTED  session {lost.session}: frames {lost.first} to {lost.last} were accepted as lost"
        for lost in verification.accepted
    ]
    lines += [f"OPEN  {clean(question)}" for question in verification.open_questions]
    lines += [f"FAIL  {clean(_told(fault))}" for fault in verification.faults[:SHOWN]]
    if len(verification.faults) > SHOWN:
        lines.append(f"FAIL  … and {len(verification.faults) - SHOWN} more: --json has them all")
    if verification.faults:
        lines.append("    before anything else: stop the gateway and copy the data directory")
    if not verification.faults and 0 < level + 1 < len(NEXT) and NEXT[level + 1]:
        lines.append(f"    for L{level + 1}, {NEXT[level + 1]}")
    lines.append(verification.ending.name.lower().replace("_", " "))
    return lines


def described(verification: "Verification") -> dict[str, object]:
    """Describe a verification as an object of JSON."""
    return {
        "level": int(verification.level),
        "ending": verification.ending.name.lower(),
        "frames": verification.frames,
        "sessions": verification.sessions,
        "logs": [
            {
                "origin": log.origin,
                "size": log.size,
                "key": log.key,
                "is_pinned": log.is_pinned,
                "held": list(log.held),
                "continues": log.continues,
            }
            for log in verification.logs
        ],
        "faults": [
            {
                "code": fault.code,
                "file": fault.file,
                "offset": fault.offset,
                "session": fault.session,
                "sequence": fault.sequence,
                "leaf": fault.leaf,
                "why": fault.why,
            }
            for fault in verification.faults
        ],
        "open_questions": list(verification.open_questions),
        "shredded": list(verification.shredded),
        "accepted": [lost.said for lost in verification.accepted],
    }


def _told(fault: "Fault") -> str:
    places = [
        fault.file,
        "" if fault.offset is None else f"byte {fault.offset}",
        "" if fault.session is None else f"session {fault.session}",
        "" if fault.sequence is None else f"sequence {fault.sequence}",
        "" if fault.leaf is None else f"leaf {fault.leaf}",
    ]
    return f"{', '.join(place for place in places if place)}: {fault.why} ({fault.code})"


def checkpoint(
    *,
    key: Annotated[bool, Parameter(negative="", help="The public key instead: what auditors pin.")] = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
) -> int:
    """Print the newest signed checkpoint of the log, to be kept elsewhere. Exit code 1: there is none yet."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.verifying import checkpoints
    from firedoor.cli.output import print_json

    found = list(checkpoints(settings_for_people(settings).data_dir))
    if as_json:
        for public, note in found:
            print_json({"key": public, "checkpoint": note.decode("utf-8", "replace")})
    elif key:
        # Of every log there was: what one begins, another may continue.
        print("\n".join(public for public, _ in found))
    elif found:
        print(found[-1][1].decode("utf-8", "replace"), end="")
    return 0 if found else 1


def verifier() -> None:
    """Print a program that verifies a record without Firedoor: one file for any Python since 3.8."""
    from importlib.resources import files

    print(files("firedoor.edges.export").joinpath("verify_record.py").read_text(encoding="utf-8"), end="")


GROUP: dict[str, Callable[..., int | None]] = {
    "verify": verify,
    "checkpoint": checkpoint,
    "verifier": verifier,
}
