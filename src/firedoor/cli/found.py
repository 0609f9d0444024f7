"""What was found in the index, as objects of JSON. Names are for programs: they do not change."""

from firedoor.cli.output import instant
from firedoor.ports.index import CallRow, SessionRow


def session_object(session: SessionRow) -> dict[str, object]:
    """Give a session as an object."""
    return {
        "id": session.id,
        "principal": session.principal,
        "agent": session.agent,
        "grant": session.grant,
        "upstream": session.upstream,
        "era": session.era,
        "client": session.client_name,
        "client_version": session.client_version,
        "peer": session.peer,
        "opened_at": instant(session.opened_at_us),
        "closed_at": instant(session.closed_at_us),
        "close_reason": session.close_reason,
        "calls": session.calls,
    }


def verdict_of(call: CallRow) -> str | None:
    """Give the verdict as people read it: what was only observed was not enforced."""
    return f"{call.effect} (observed)" if call.mode == "observe" else call.effect


def rules_of(call: CallRow) -> str | None:
    """Name the rules that matched, as the record has them; nothing where the default decided."""
    return ", ".join(call.rules) or None


def call_object(call: CallRow) -> dict[str, object]:
    """Give a call as an object."""
    return {
        "session": call.session,
        "sequence": call.sequence,
        "at": instant(call.at_us),
        "principal": call.principal,
        "agent": call.agent,
        "upstream": call.upstream,
        "peer": call.peer,
        "message": call.message,
        "method": call.method,
        "name": call.name,
        "verdict": call.effect,
        "rules": list(call.rules),
        "mode": call.mode,
        "status": call.status,
        "result": call.result,
        "code": call.code,
        "ended_at": instant(call.ended_at_us),
    }
