"""The script of an exchange, up to where it is decided."""

from firedoor.core.authenticate.token import digest_of
from firedoor.core.commands import (
    FindGrant,
    FindLock,
    FindPolicy,
    JoinSession,
    ReadBody,
)
from firedoor.core.decide.locks import whom_of
from firedoor.core.exchange import exchange
from firedoor.model.policy import Policy, Rule
from firedoor.model.reply import Refusal
from firedoor.model.verdict import Effect
from tests.helpers.nouns import (
    ALLOW_ALL,
    CONTROL,
    TOKEN,
    arrival,
    gate,
    grant,
    in_session,
    session,
)
from tests.helpers.playbook import Playbook

LIMIT = 4 * 1024 * 1024
WHOM = whom_of(grant(), "10.0.0.7", "disk")


def started(at=None, doors=None) -> Playbook:
    return Playbook(exchange(at or arrival(*in_session()), doors or gate(), CONTROL))


def unlocked(play: Playbook) -> Playbook:
    """A path whose caller is known, and whom no lock holds for."""
    play.asks(FindGrant(digest_of(TOKEN))).told(grant())
    play.asks(FindLock(WHOM))
    return play.told(None)


def admitted(body: bytes, at=None, doors=None, joined=None, policy=ALLOW_ALL) -> Playbook:
    """A path that has come as far as its session."""
    play = known(started(at, doors), body)
    play.told(joined or session())
    return play if isinstance(joined, Refusal) else ruled(play, policy)


def known(play: Playbook, body: bytes) -> Playbook:
    """A path that asks for its session."""
    unlocked(play).asks(ReadBody(LIMIT)).told(body)
    assert play.asks_a(FindLock).message is not None
    play.told(None).asks_a(JoinSession)
    return play


def ruled(play: Playbook, policy=ALLOW_ALL) -> Playbook:
    """A path that has asked for the policy, once its session is known and not before."""
    return play.asks(FindPolicy()).told(policy)


def deciding_by(condition: str) -> Policy:
    return Policy(version="sha256:1", rules=(Rule(id="r", effect=Effect.ALLOW, when=condition),))
