"""The journal: entries sealed, written and durable, then read again. The record's source of truth."""

from firedoor.edges.store.journal.writer import Journal

__all__ = ["Journal"]
