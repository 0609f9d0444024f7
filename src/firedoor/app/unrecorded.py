"""What goes on unrecorded where the settings want that: kept in a file, told to the record, shown."""

from firedoor.app.metrics import Metrics
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.unrecorded import UnrecordedFile
from firedoor.engine.run import Engine
from firedoor.engine.unrecorded import Telling, tally_of
from firedoor.model.errors import RecordError
from firedoor.model.gate import Gate


def best_effort(gate: Gate) -> frozenset[str]:
    """The upstreams whose reads go on where they cannot be recorded."""
    return frozenset(name for name, upstream in gate.upstreams.items() if upstream.may_go_unrecorded)


def telling_of(settings: Settings, engine: Engine, journal: Journal, metrics: Metrics) -> Telling:
    """Take up what the process before let through, and count on.

    Raises:
        RecordError: there is no room for the count.
    """
    file = UnrecordedFile(settings.data_dir)
    try:
        if best_effort(engine.gate):
            file.make()
        engine.unrecorded.untold = tally_of(file.load())
    except OSError as fault:
        text = f"What goes unrecorded cannot be counted in {settings.data_dir}: {fault}"
        raise RecordError("record_unavailable", text) from fault
    metrics.watch(
        "unrecorded_messages", "Messages let through unrecorded so far.", lambda: engine.unrecorded.total
    )
    return Telling(
        unrecorded=engine.unrecorded, recorder=journal, keep=file.keep, trouble=lambda: journal.trouble
    )
