"""A call whose verdict is known, as the scripts behind it are handed it."""

from firedoor.core.amend import Terms
from firedoor.core.call import Call
from firedoor.model.entry import LATER
from firedoor.model.ids import call_id
from tests.helpers.nouns import ALLOW_ALL, SESSION, facts, head, message, session, upstream


def decided_call(**known) -> Call:
    """The first call of its session. `known` changes what is known of it."""
    return Call(
        session=session(),
        head=head(),
        message=message(),
        upstream=upstream(),
        sequence=1,
        at_us=LATER,
        withheld=(),
        terms=Terms(policy=ALLOW_ALL, facts=facts(**known), call=call_id(SESSION, 1)),
    )


def says(flaw: str):
    """A last look that finds this; empty: nothing."""

    def recheck(_: int):
        return flaw
        yield

    return recheck
