"""What Prometheus may scrape. Counts come from the record's own rows, so they cannot disagree with it."""

from collections import Counter as Counted
from collections.abc import Callable, Iterable
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from firedoor.core.record.facts import IndexRow
from firedoor.edges.store.journal.writer import Journal


class _Word(Collector):
    """A gauge of 1 with a label that changes."""

    def __init__(self, name: str, what: str, label: str, read: Callable[[], str]) -> None:
        self._name, self._what, self._label, self._read = name, what, label, read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(self._name, self._what, labels=[self._label])
        word = self._read()
        if word:
            family.add_metric([word], 1)
        yield family


class Metrics:
    """The gateway's figures. No label carries a principal, an argument, or anything a client may choose."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._lock = Lock()
        self._entries = Counter(
            "firedoor_entries", "Entries made durable, by kind.", ["kind"], registry=self._registry
        )

    def note(self, rows: Iterable[IndexRow]) -> None:
        """Count rows that became durable. Called on the record's writer thread."""
        counted = Counted(row.kind for row in rows)
        with self._lock:
            for kind, count in counted.items():
                self._entries.labels(kind.name.lower()).inc(count)

    def watch(self, name: str, what: str, read: Callable[[], float]) -> None:
        """Show a value that is read when asked for."""
        Gauge(f"firedoor_{name}", what, registry=self._registry).set_function(read)

    def show(self, name: str, what: str, label: str, read: Callable[[], str]) -> None:
        """Show a word that is read when asked for: 1 beside the one that holds, nothing if none does."""
        self._registry.register(_Word(f"firedoor_{name}", what, label, read))

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self._registry)


def watch_journal(metrics: Metrics, journal: Journal) -> None:
    """Show how the record is, and why it takes nothing if it takes nothing."""
    metrics.watch("record_ready", "1 while calls can be recorded.", lambda: journal.is_ready)
    metrics.show("record_trouble", "1 beside why calls cannot be recorded.", "why", lambda: journal.trouble)
    metrics.watch("record_waiting_bytes", "Bytes that wait for the disk.", lambda: journal.waiting_bytes)
    metrics.watch("disk_free_bytes", "Room on the disk of the record.", lambda: journal.room.free)
    metrics.watch(
        "disk_level",
        "0 well, 1 below the alert, 2 no new sessions, 3 no new calls, 4 full: the reserve is in use.",
        lambda: journal.room.level,
    )
