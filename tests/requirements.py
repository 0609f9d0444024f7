"""What Firedoor promises, by id. `tests/architecture/test_promises.py` holds every line of it.

A test shows a promise by carrying its id: `@pytest.mark.promise("PATH-1")`.
A promise without such a test is either in work (`NOT_YET_BOUND`) or deferred, with a reason (`later`).
"""

from dataclasses import dataclass
from enum import Enum


class Later(Enum):
    """Why a promise is not shown yet: the part of Firedoor that it waits for."""

    RECORD = "the record: keys, layers, tree, recovery, verification"
    MASK = "masks and the exposure index"
    CONTAIN = "locks and cases"
    IDENTIFY = "people's log-in, roles and the console"
    TELL = "events and sinks"
    PROVE = "evidence bags"
    RUN = "long runs and the measurements of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One sentence that a user may hold us to.

    `later` alone: deferred. `later` with `so_far`: what `so_far` names is due now, the rest is deferred.
    """

    id: str
    sentence: str
    so_far: str | None = None
    later: Later | None = None

    @property
    def is_due(self) -> bool:
        """Whether a test must show it now, in whole or in part."""
        return self.later is None or self.so_far is not None


# Due, in work, and without a test that shows it. Empty when the work is done.
NOT_YET_BOUND: frozenset[str] = frozenset()

PROMISES: tuple[Promise, ...] = (
    # Path
    Promise(
        id="PATH-1",
        sentence=(
            "No message reaches an upstream and no answer reaches a client before its record is durable."
        ),
    ),
    Promise(
        id="PATH-2",
        sentence=(
            "A denied, held-and-not-approved or locked call sends 0 bytes upstream (asserted by a "
            "counting upstream in every test of it)."
        ),
    ),
    Promise(
        id="PATH-3",
        sentence=(
            "What was inspected is what is sent: duplicate keys, members that differ from a known one "
            "only in case, NaN, lone surrogates, invalid UTF-8, a BOM, depth > 64, batches and encoded "
            "bodies are refused; an accepted request is understood identically by Python, Node and Go "
            "parsers."
        ),
    ),
    Promise(
        id="PATH-4",
        sentence=(
            "With a policy that allows everything and masks nothing, the official conformance suite gives "
            "the same verdict through the gateway as directly, check by check, at 2025-11-25 and at "
            "2026-07-28, over HTTP and stdio upstreams; and every message's JSON tree is equal, unknown "
            "fields included."
        ),
    ),
    Promise(
        id="PATH-5",
        sentence=(
            "Clients of every revision from 2024-11-05 on work as with the upstream itself: progress, "
            "cancellation, sampling, elicitation, roots, subscriptions, resumption, pagination, "
            "completion."
        ),
    ),
    Promise(
        id="PATH-6",
        sentence=(
            "The client's token never reaches an upstream; the upstream's credential never reaches a "
            "client, a log or a record."
        ),
    ),
    Promise(
        id="PATH-7",
        sentence=(
            "No request is ever left without an answer, whatever happens to the upstream, the gateway's "
            "store, or a lock."
        ),
    ),
    # Record
    Promise(
        id="REC-1",
        sentence=(
            "Durability, recovery, tamper detection, sealed keys and watermarks hold as the record format "
            "states them. 2,000 simulated power losses: 0 violations; with fsync stubbed out: the test "
            "fails."
        ),
    ),
    Promise(
        id="REC-2",
        sentence="One flipped bit anywhere in a recording, the log or the keys is detected and located.",
    ),
    Promise(
        id="REC-3",
        sentence=(
            "A recording replays as what the client saw, call by call, with verdict, rule and approver; "
            "the raw layer needs its own key."
        ),
    ),
    Promise(
        id="REC-4",
        sentence="Recording a session costs no more than 2 ms p50 and 15 ms p99 per call at 200 calls/s.",
    ),
    # Decide
    Promise(
        id="DEC-1",
        sentence=(
            "Default deny; errors deny; unknown methods deny; a verdict names every rule that matched and "
            "the policy version (content hash)."
        ),
    ),
    Promise(
        id="DEC-2",
        sentence=(
            "SQL is understood by parsing, per dialect. Not parseable, several statements, unknown "
            'functions, executable comments: never "read". On the shared corpus: 0 destructive statements '
            "pass as read, ≤ 1 % of reads are refused."
        ),
    ),
    Promise(
        id="DEC-3",
        sentence="Shell is allowed by per-command specification, never by denylist.",
    ),
    Promise(
        id="DEC-4",
        sentence=(
            "A policy change is live on the next call, versioned, recorded, and reversible; a broken "
            "policy never replaces a good one."
        ),
    ),
    Promise(
        id="DEC-5",
        sentence="A new policy can be tried on past recordings before it is applied.",
    ),
    Promise(
        id="DEC-6",
        sentence="A tool whose definition changed is denied until a person accepts the change.",
    ),
    # Mask
    Promise(
        id="MASK-1",
        sentence=(
            "An enabled detector's match never leaves toward client, event, console or view layer: text, "
            "structuredContent, embedded resources, errors, progress, prompts, descriptions, blobs, split "
            "over streamed events. If masking fails, the field is withheld."
        ),
        so_far=(
            "Toward client and view layer: every part of a message, events of a stream however their bytes "
            "are split, and values spread over pieces of content of one message or over messages of one "
            "stream, of which no more than four characters leave. What any word may begin (a name, a street, "
            "an address before its @) is masked from the seam on."
        ),
        later=Later.MASK,
    ),
    Promise(
        id="MASK-2",
        sentence=(
            "Masked JSON stays valid JSON and keeps types; a client that validates an output schema does "
            "not break."
        ),
    ),
    Promise(
        id="MASK-3",
        sentence=(
            "The same value gives the same token within a deployment and key epoch; the exposure index "
            "answers whose data was seen, by whom, when, without opening recordings."
        ),
    ),
    Promise(
        id="MASK-4",
        sentence="Linear-time patterns only; 1 MB of adversarial text takes ≤ 50 ms per pattern.",
    ),
    # Approve
    Promise(
        id="APR-1",
        sentence=(
            "An approval covers one call: principal, grant, upstream, tool, definition, arguments, policy "
            "version. It is redeemed once, atomically, and re-checked at the moment of forwarding."
        ),
    ),
    Promise(
        id="APR-2",
        sentence=(
            "Never oneself, nor one's agent; quorum of distinct people; one refusal refuses; expiry "
            "refuses; a lock wins over an approval."
        ),
    ),
    Promise(
        id="APR-3",
        sentence=(
            "Works with clients that time out after 45 s: the ticket survives, the identical call redeems it."
        ),
    ),
    Promise(
        id="APR-4",
        sentence="Approvers are told at once: console, API, signed webhook, Slack.",
        so_far="API, command line, signed webhook, Slack",
        later=Later.IDENTIFY,
    ),
    # Contain
    Promise(
        id="LOCK-1",
        sentence=(
            "Same node: last byte after a lock ≤ 50 ms p99. Cluster: ≤ 1 s p99, acknowledged by every "
            "live node or the missing ones named. A node that cannot refresh its view for 10 s closes "
            "itself."
        ),
        so_far="the processes of one machine, named where they are missing; who is blind for 10 s closes",
        later=Later.CONTAIN,
    ),
    Promise(
        id="LOCK-2",
        sentence=(
            "In flight: terminal answer to the client, upstream cancelled, child process killed, pending "
            "approvals withdrawn, tokens and refresh tokens dead."
        ),
        so_far="terminal answer, upstream cancelled, child killed, approvals withdrawn, tokens dead",
        later=Later.CONTAIN,
    ),
    Promise(
        id="LOCK-3",
        sentence=(
            "Locks survive restarts, need no identity provider, database replica or SIEM, and never "
            "delete evidence: they place a legal hold."
        ),
    ),
    # Identify
    Promise(
        id="ID-1",
        sentence=(
            "OAuth 2.1 as the MCP specification has it, for clients of every revision, with OIDC or SAML "
            "behind it; service principals by token; no token is accepted for another resource."
        ),
        later=Later.IDENTIFY,
    ),
    Promise(
        id="ID-2",
        sentence=(
            "A revoked user, grant or token is refused on the next request everywhere; sign-out at the "
            "identity provider reaches sessions in ≤ 2 s."
        ),
        so_far="a revoked or expired token is refused on the next request",
        later=Later.IDENTIFY,
    ),
    Promise(
        id="ID-3",
        sentence=(
            "Operators have roles: viewer, responder, approver, policy editor, admin. Who watched a "
            "recording is itself recorded."
        ),
        so_far="who watched a recording is itself recorded",
        later=Later.IDENTIFY,
    ),
    # Tell
    Promise(
        id="EVT-1",
        sentence=(
            "Every decision is an OCSF 1.8 event that validates; each sink gets each event at least once, "
            "in order, without gaps, also after 24 h of its outage, and blocks nothing."
        ),
        later=Later.TELL,
    ),
    Promise(
        id="EVT-2",
        sentence=(
            "Arguments, results and secrets are never in events or logs; client text cannot forge a log "
            "line, a terminal sequence, a CSV formula or a page."
        ),
        later=Later.TELL,
    ),
    # Prove
    Promise(
        id="EVD-1",
        sentence=(
            "case export gives a BagIt bag, encrypted to its recipients, that a third party verifies with "
            "public tools alone, on another machine, in ≤ 60 s for 10,000 records; one changed byte fails "
            "and is named."
        ),
        later=Later.PROVE,
    ),
    # Run
    Promise(
        id="RUN-1",
        sentence="SIGTERM under load: no call is cut within 30 s, all sessions are sealed. Restart ≤ 5 s.",
        later=Later.RUN,
    ),
    Promise(
        id="RUN-2",
        sentence="8 h at 200 calls/s: memory grows < 5 %, descriptors stay flat.",
        later=Later.RUN,
    ),
    Promise(
        id="RUN-3",
        sentence=(
            "Hostile input (10,000 malformed messages, bombs, slow clients, endless streams): 0 crashes, "
            "0 hangs > 1 s, other sessions' p99 grows < 10 %."
        ),
        later=Later.RUN,
    ),
)
