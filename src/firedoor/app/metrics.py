"""What Prometheus may scrape. Counts come from the record's own rows, so they cannot disagree with it."""

from collections import Counter as Counted
from collections.abc import Callable, Iterable
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from firedoor.core.record.facts import IndexRow


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

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self._registry)
