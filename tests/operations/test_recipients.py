import pytest

from firedoor.model.custody import Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import ClientError
from firedoor.operations.recipients import with_recipient, without_recipient

BOTH = frozenset(Layer)
VIEW = frozenset({Layer.VIEW})
NOBODY: frozenset[Layer] = frozenset()


def one(name: str, layers: frozenset[Layer] = BOTH) -> Recipient:
    return Recipient(name=name, recipient=f"age1{name}", layers=layers)


def test_a_recipient_is_added_at_the_end() -> None:
    assert with_recipient((one("a"),), one("b")) == (one("a"), one("b"))


@pytest.mark.parametrize("new", [one("a"), one("local"), Recipient(name="b", recipient="age1a", layers=VIEW)])
def test_a_name_or_a_recipient_is_taken_once(new: Recipient) -> None:
    with pytest.raises(ClientError) as caught:
        with_recipient((one("a"),), new)
    assert caught.value.code == "recipient_taken"


def test_a_recipient_is_taken_out_by_name() -> None:
    assert without_recipient((one("a"), one("b")), "a", NOBODY) == (one("b"),)
    assert without_recipient((one("a"),), "a", BOTH) == ()


@pytest.mark.parametrize("name", ["b", "local"])
def test_who_is_not_in_the_list_cannot_be_taken_out(name: str) -> None:
    with pytest.raises(ClientError) as caught:
        without_recipient((one("a"),), name, BOTH)
    assert caught.value.code == "recipient_unknown"


@pytest.mark.parametrize(
    ("left", "local"), [((), NOBODY), ((), VIEW), ((one("b", VIEW),), NOBODY), ((one("b", VIEW),), VIEW)]
)
def test_the_last_reader_of_a_layer_stays(left: tuple[Recipient, ...], local: frozenset[Layer]) -> None:
    with pytest.raises(ClientError) as caught:
        without_recipient((one("a"), *left), "a", local)
    assert caught.value.code == "recipient_is_last"
