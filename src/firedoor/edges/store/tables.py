"""The tables beside the record: grants, and an index of the record that can be rebuilt from it.

Instants are integers of unix microseconds, since SQLite keeps no time zones. Nothing here is evidence:
where a table and the record disagree, the record is right. No token is stored, only its digest.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("principal", Text, nullable=False),
    Column("principal_kind", String(16), nullable=False),
    Column("agent", Text),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("upstreams", JSON(none_as_null=True)),
    Column("roles", JSON, nullable=False),
    Column("groups", JSON, nullable=False, server_default="[]"),
    Column("issued_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger),
    Column("revoked_at_us", BigInteger),
    Column("revoked_reason", Text),
)

policies = Table(
    "policies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("version", String(80), nullable=False),
    Column("documents", Text, nullable=False),
    Column("drafts", String(80), nullable=False),
    Column("applied_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("applied_at_us", BigInteger, nullable=False),
)
"""Rows are added and never changed. The one with the highest number is in force."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("principal", Text),
    Column("agent", Text),
    Column("grant_id", String(64)),
    Column("upstream", Text),
    Column("era", String(16)),
    Column("client_name", Text),
    Column("client_version", Text),
    Column("peer", Text),
    Column("opened_at_us", BigInteger),
    Column("closed_at_us", BigInteger),
    Column("close_reason", Text),
    Column("calls", Integer, nullable=False),
    Index(None, "opened_at_us"),
    Index(None, "grant_id"),
)

calls = Table(
    "calls",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("principal", Text),
    Column("agent", Text),
    Column("upstream", Text),
    Column("peer", Text),
    Column("message", String(16)),
    Column("method", Text),
    Column("name", Text),
    Column("effect", String(16)),
    Column("rules", Text),
    Column("mode", String(16)),
    Column("status", Integer),
    Column("result", String(16)),
    Column("code", Text),
    Column("ended_at_us", BigInteger),
    Index(None, "at_us"),
)
"""A call, or (with `message` = `refused`) input that never became one.

`rules` is the ids between line feeds, one before and one after, so that one id is found as a substring.
"""

exposures = Table(
    "exposures",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("call", BigInteger),
    Index(None, "mark"),
)
"""A value that was found in a message, by its keyed mark: the value itself is nowhere here."""

index_watermark = Table(
    "index_watermark",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)
"""Until which instant the index is known to hold all that was recorded."""

approvals = Table(
    "approvals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("open_digest", String(64), unique=True),
    Column("state", String(16), nullable=False),
    Column("turns", Integer, nullable=False),
    Column("whom", JSON, nullable=False),
    Column("session_id", String(36), nullable=False),
    Column("call_id", String(64), nullable=False),
    Column("method", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("policy_version", String(80), nullable=False),
    Column("definition", String(80), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("risk", String(16)),
    Column("demands", JSON, nullable=False),
    Column("requested_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("executed_at", String(64)),
    Index(None, "state"),
    Index(None, "requested_at_us"),
)
"""What is waited for and what became of it. `open_digest` is the digest while it is open: one at a time.

`executed_at` is the data directory whose gateway has redeemed it.

No arguments: those stand in the record, encrypted.
"""

reviews = Table(
    "reviews",
    metadata,
    Column("approval_id", String(40), primary_key=True),
    Column("principal", Text, primary_key=True),
    Column("grant_id", String(64), nullable=False),
    Column("is_approval", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "principal"),
)
"""What people said: one row for each person and approval."""

permits = Table(
    "permits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("turns", Integer, nullable=False),
    Column("principal", Text, nullable=False),
    Column("agents", JSON, nullable=False),
    Column("upstream", String(64), nullable=False),
    Column("tools", JSON, nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("uses", Integer),
    Column("used", Integer, nullable=False),
    Column("span_us", BigInteger, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_through", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("policy_version", String(80), nullable=False),
    Column("risk", String(16)),
    Column("demands", JSON, nullable=False),
    Column("requested_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("seen_at_us", BigInteger, nullable=False),
    Column("ended_by", Text, nullable=False),
    Index(None, "state"),
    Index(None, "requested_at_us"),
)
"""What people let pass for a while. `seen_at_us`: the latest instant at which it was looked at.

What people said of it is in `reviews`, under its id.
"""

permit_uses = Table(
    "permit_uses",
    metadata,
    Column("permit_id", String(40), primary_key=True),
    Column("call_id", String(64), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("method", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("flaw", Text, nullable=False),
)
"""Each call that a permit let pass."""

definitions = Table(
    "definitions",
    metadata,
    Column("upstream", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("suspicions", JSON, nullable=False),
    Column("first_seen_at_us", BigInteger, nullable=False),
    Column("accepted_at_us", BigInteger),
    Column("accepted_by", Text, nullable=False),
    Column("gone_at_us", BigInteger),
)
"""What upstreams have said of themselves. The name is part of what is hashed."""

first_lists = Table(
    "first_lists",
    metadata,
    Column("upstream", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)
"""When a whole list of a kind was first seen: what comes later is new."""
