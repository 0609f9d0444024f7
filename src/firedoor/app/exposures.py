"""Opens what `exposure` asks: the index and the keys of marks. Opens no recording."""

import sys
from pathlib import Path

from firedoor.app.inspect import open_store, settings_for_people
from firedoor.app.recording import find_session
from firedoor.app.settings.resolved import Settings
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.edges.keys.mask_keys import mask_keys
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.lock_lines import every_lock
from firedoor.edges.store.store import Store
from firedoor.model.errors import ClientError
from firedoor.model.ids import SessionId
from firedoor.model.permit import PermitState
from firedoor.operations.find_case import MOST, Touching, touched_by
from firedoor.operations.find_exposure import Exposed, find_values
from firedoor.ports.exposures import ExposureRow


def found_in_session(settings: Path | None, session: str) -> list[ExposureRow]:
    """What was found in the messages of the session that an id or its beginning names, the oldest first.

    Raises:
        SettingsError: the settings or the index cannot be read.
        ClientError: no session is named, or several are: "nothing was found" would be no answer.
    """
    with open_store(settings_for_people(settings)) as store:
        return list(store.exposures.of_session(find_session(store, session)))


def found_in_case(settings: Path | None, case: str) -> list[ExposureRow]:
    """What was found in the sessions that a case touched, the oldest first.

    Raises:
        SettingsError: the settings or the index cannot be read.
        IntegrityError: the file of locks, or a legal hold, is damaged.
        ClientError: nothing belongs to such a case.
    """
    known = settings_for_people(settings)
    with open_store(known) as store:
        touched = sessions_of_case(known, store, case)
        rows = [row for session in touched for row in store.exposures.of_session(session)]
    return sorted(rows, key=lambda row: (row.at_us, row.session, row.sequence))


def sessions_of_case(known: Settings, store: Store, case: str) -> tuple[SessionId, ...]:
    """The sessions that a case touched, in no order.

    Raises:
        SettingsError: the index cannot be read.
        IntegrityError: the file of locks, or a legal hold, is damaged.
        ClientError: nothing belongs to such a case.
    """
    locks = tuple(one for one in every_lock(known.lock_dir) if one[0].case == case)
    names = {case, *(lock.id for lock, _ in locks)}
    holds = HoldFiles(known.data_dir).all()
    touching = Touching(
        locks=locks,
        permits=tuple(one for one in store.permits.listed(tuple(PermitState), MOST) if one.case == case),
        kept=tuple(session for session, held in holds.items() if any(each.name in names for each in held)),
    )
    return touched_by(touching, store.index, store.permits)


def found_of_values(settings: Path | None, file: Path) -> list[Exposed]:
    """Where the values of a file were found. `-` reads standard input.

    Raises:
        SettingsError: the settings, the keys or the index cannot be read.
        ClientError: the file cannot be read.
    """
    known = settings_for_people(settings)
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ClientError("value_file_unreadable", f"{file} cannot be read as text.") from fault
    tokens = TokenMaker(mask_keys(known.data_dir))
    with open_store(known) as store:
        return list(find_values(store.exposures, tokens, text.splitlines()))
