"""Lists sessions, the newest first, from the index."""

from dataclasses import replace

from firedoor.ports.index import Index, SessionFilter, SessionRow


def list_sessions(index: Index, wanted: SessionFilter) -> tuple[SessionRow, ...]:
    """List them. The beginning of a session id stands for the whole.

    Raises:
        SettingsError: the index cannot be read.
    """
    if wanted.session is not None and not wanted.session.endswith("*"):
        wanted = replace(wanted, session=f"{wanted.session}*")
    return index.sessions(wanted)
