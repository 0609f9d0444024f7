"""Who may approve a held call, when it is approved, and which change of an approval may follow which.

Theory of operation. An approval is a small machine: `NEXT` is all of it, and what is not in the table cannot
happen. A state from which nothing leads is an end, and an approval comes to exactly one. Demands of several
rules are met by different people: one person who belongs to two groups is still one person. Whoever asks, the
person behind the agent, and agents never count.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from firedoor.model.approval import Approval, ApprovalState, Review, Turn
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.lock import Whom
from firedoor.model.verdict import Demand, Risk, Verdict

_S, _T = ApprovalState, Turn
NEXT: Mapping[tuple[ApprovalState, Turn], ApprovalState] = MappingProxyType(
    {
        (_S.REQUESTED, _T.ENDORSE): _S.REQUESTED,
        (_S.REQUESTED, _T.APPROVE): _S.APPROVED,
        (_S.REQUESTED, _T.REFUSE): _S.REFUSED,
        (_S.REQUESTED, _T.EXPIRE): _S.EXPIRED,
        (_S.REQUESTED, _T.WITHDRAW): _S.WITHDRAWN,
        (_S.APPROVED, _T.REFUSE): _S.REFUSED,
        (_S.APPROVED, _T.EXPIRE): _S.EXPIRED,
        (_S.APPROVED, _T.WITHDRAW): _S.WITHDRAWN,
        (_S.APPROVED, _T.REDEEM): _S.EXECUTING,
        (_S.EXECUTING, _T.WITHDRAW): _S.WITHDRAWN,
        (_S.EXECUTING, _T.FINISH): _S.DONE,
        (_S.EXECUTING, _T.LOSE): _S.UNKNOWN,
    }
)
"""The whole machine. Executing is withdrawn only if nothing was sent: the last check said no."""
MINUTE_US = 60 * 1_000_000
TIERS: Mapping[Risk, Demand] = MappingProxyType(
    {
        Risk.LOW: Demand(quorum=1, within_us=30 * MINUTE_US),
        Risk.MEDIUM: Demand(quorum=1, within_us=15 * MINUTE_US),
        Risk.HIGH: Demand(quorum=1, within_us=10 * MINUTE_US),
        Risk.CRITICAL: Demand(quorum=2, within_us=10 * MINUTE_US),
    }
)
"""What a hold asks for whose rule says no more than a risk. The more is at stake, the shorter a yes holds."""
LOAD_DAY = 20
"""Reviews of one person in a day, above which people are said to click without reading."""


def next_state(state: ApprovalState, turn: Turn) -> ApprovalState | None:
    """Return where a change leads; None if it cannot happen there."""
    return NEXT.get((state, turn))


def demands_of(verdict: Verdict, tiers: Mapping[Risk, Demand] = TIERS) -> tuple[Demand, ...]:
    """Whose approval a held call needs: as its rules name them, else as its risk says."""
    return verdict.demands or (tiers[verdict.risk or Risk.MEDIUM],)


def within_us(demands: Sequence[Demand], risk: Risk | None, tiers: Mapping[Risk, Demand] = TIERS) -> int:
    """How long an approval may take and be redeemed: the shortest of all that is said."""
    usual = tiers[risk or Risk.MEDIUM].within_us
    return min(demand.within_us or usual for demand in demands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What people decide about, as far as it says who they may be."""

    interested: frozenset[str]
    """Who asks and who gains by it, by name. None of them is another person."""
    grant: GrantId
    """It was asked through this one."""
    upstream: str
    demands: tuple[Demand, ...]
    reviews: tuple[Review, ...]


def question_of(approval: Approval) -> Question:
    """What an approval asks people."""
    return Question(
        interested=frozenset({approval.whom.principal, *approval.whom.agents}),
        grant=approval.whom.grant,
        upstream=approval.whom.upstream,
        demands=approval.demands,
        reviews=approval.reviews,
    )


def flaw_of_approver(question: Question, grant: Grant, now_us: int) -> str:
    """Why this grant may not review this; empty: it may."""
    is_over = grant.expires_at_us is not None and grant.expires_at_us <= now_us
    if is_over or grant.revoked_at_us is not None:
        return "The token is revoked or expired."
    if grant.principal.actors:
        return "An agent never approves."
    return _interest(question, grant) or _standing(question, grant)


def _interest(question: Question, grant: Grant) -> str:
    """Why somebody is no other person."""
    name = _folded(grant.principal.name)
    if grant.id == question.grant or name in {_folded(each) for each in question.interested}:
        return "Nobody approves what they, or their own agent, asked for."
    if any(_folded(review.by) == name for review in question.reviews):
        return "You have decided already."
    return ""


def _standing(question: Question, grant: Grant) -> str:
    """Why somebody is none of those who are asked."""
    if grant.upstreams is not None and question.upstream not in grant.upstreams:
        return "The token is not for this upstream."
    if any(_fits(demand, grant.roles, grant.principal.groups) for demand in question.demands):
        return ""
    wanted = ", ".join(sorted({role for demand in question.demands for role in demand.roles}))
    return f"This needs one of the roles {wanted}, and where a rule says so, a group."


def whom_of_reviewer(review: Review, peer: str) -> Whom:
    """Who has decided, as locks see it: as far as it is kept with the decision."""
    return Whom(
        principal=review.by,
        groups=review.groups,
        grant=review.grant,
        token=TokenDigest(""),
        agents=(),
        peer=peer,
        upstream="",
    )


def is_met(demands: Sequence[Demand], reviews: Sequence[Review]) -> bool:
    """Whether these people are enough: each demand met, and nobody counted for two."""
    people = [review for review in reviews if review.is_approval]
    seats = [demand for demand in demands for _ in range(demand.quorum)]
    seated: dict[int, int] = {}
    return all(_seat(index, people, seats, seated, set()) for index in range(len(seats)))


def _seat(
    seat: int, people: Sequence[Review], seats: Sequence[Demand], seated: dict[int, int], tried: set[int]
) -> bool:
    """Find a person for a seat; somebody who sits elsewhere may move (augmenting path)."""
    for index, person in enumerate(people):
        if index in tried or not _fits(seats[seat], person.roles, person.groups):
            continue
        tried.add(index)
        if index not in seated or _seat(seated[index], people, seats, seated, tried):
            seated[index] = seat
            return True
    return False


def joined_demands(several: Sequence[Demand]) -> tuple[Demand, ...]:
    """Demands of several rules: the same people asked for twice are asked once, for the larger number."""
    found: dict[tuple[frozenset[str], frozenset[str]], Demand] = {}
    for demand in several:
        key = (demand.roles, demand.groups)
        before = found.get(key)
        spans = [each.within_us for each in (before, demand) if each is not None and each.within_us]
        found[key] = Demand(
            quorum=max(demand.quorum, 0 if before is None else before.quorum),
            roles=demand.roles,
            groups=demand.groups,
            within_us=min(spans, default=0),
        )
    return tuple(found.values())


def _fits(demand: Demand, roles: frozenset[str], groups: frozenset[str]) -> bool:
    return bool(demand.roles & roles) and (not demand.groups or bool(demand.groups & groups))


def _folded(name: str) -> str:
    # Two spellings of one name must not be two people: nor ones that differ in width, or in what nobody sees.
    seen = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).split())
