"""Opens what a second look needs: installed extras, recordings, the keys of marks. Decides nothing.

Each extra runs in a process of its own, which is gone when the command is. Nothing of it is ever asked while
a call waits.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from firedoor.app.exposures import sessions_of_case
from firedoor.app.inspect import open_store, settings_for_people
from firedoor.app.recording import Looking, find_session, replay
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import mask_keys
from firedoor.edges.second_look.process import FinderProcess, installed
from firedoor.model.errors import RecordError, SettingsError
from firedoor.model.ids import SessionId
from firedoor.operations.look_again import Left, SecondLook, look_again


@contextmanager
def second_look(extras: Sequence[str] | None = None) -> Generator[SecondLook]:
    """Start the extras that are installed, prove each, and end them.

    Raises:
        SettingsError: none is installed, or one does not find its own sample.
    """
    wanted = installed() if extras is None else extras
    if not wanted:
        hint = "pip install 'firedoor[ner]' for names in prose, 'firedoor[secrets]' for a pack of secrets"
        raise SettingsError("second_look_missing", "No extra for a second look is installed.", hint)
    with ExitStack() as running:
        yield SecondLook([running.enter_context(FinderProcess(extra)) for extra in wanted])


def left_in_session(
    settings: Path | None, session: str, looking: Looking, look: SecondLook
) -> Iterator[Left | RecordError]:
    """What was left in clear in a session. That somebody looks is recorded.

    Raises:
        SettingsError: the settings or the index cannot be read.
        ClientError: no session, or several, begin like that.
    """
    known = settings_for_people(settings)
    with open_store(known) as store:
        wanted = find_session(store, session)
    yield from _left(settings, (wanted,), looking, look)


def left_in_case(
    settings: Path | None, case: str, looking: Looking, look: SecondLook
) -> Iterator[Left | RecordError]:
    """What was left in clear in the sessions that a case touched. That somebody looks is recorded for each.

    Raises:
        SettingsError: the settings or the index cannot be read.
        ClientError: nothing belongs to such a case.
    """
    known = settings_for_people(settings)
    with open_store(known) as store:
        touched = sessions_of_case(known, store, case)
    yield from _left(settings, sorted(touched), looking, look)


def _left(
    settings: Path | None, sessions: Sequence[SessionId], looking: Looking, look: SecondLook
) -> Iterator[Left | RecordError]:
    """Of each session in turn; of one that cannot be opened, why. The others are still looked at."""
    known = settings_for_people(settings)
    tokens = TokenMaker(mask_keys(known.data_dir))
    for session in sessions:
        try:
            yield from look_again(replay(known, session, looking), look, tokens.mark)
        except RecordError as fault:
            yield fault
