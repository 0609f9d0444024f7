"""A call as the relay gets it."""

from firedoor.core.amend import Terms
from firedoor.core.relay import Call
from firedoor.model.ids import call_id
from tests.helpers.nouns import (
    ALLOW_ALL,
    AT_US,
    SESSION,
    facts,
    head,
    message,
    session,
    upstream,
)


def call(**changes) -> Call:
    given = {
        "session": session(),
        "head": head(),
        "message": message(),
        "upstream": upstream(),
        "sequence": 3,
        "at_us": AT_US,
        "withheld": (),
    }
    about = facts(changes.get("message"), changes.get("upstream"))
    given["terms"] = Terms(policy=ALLOW_ALL, facts=about, call=call_id(SESSION, 3))
    return Call(**{**given, **changes})
