import pytest

from firedoor.operations.list_sessions import list_sessions
from firedoor.ports.index import SessionFilter
from tests.operations.kept import AskedIndex


@pytest.mark.parametrize(("given", "asked"), [("0199", "0199*"), ("0199*", "0199*"), (None, None)])
def test_the_beginning_of_an_id_stands_for_the_whole(given: str | None, asked: str | None) -> None:
    index = AskedIndex()
    assert list_sessions(index, SessionFilter(session=given, principal="ci")) == ()
    assert index.asked == [SessionFilter(session=asked, principal="ci")]
