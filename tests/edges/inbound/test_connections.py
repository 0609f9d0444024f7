"""Connections are bounded in all and for each address, and every one that ends makes room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.edges.inbound.connections import ENOUGH, Connections, allow_many, connections_for


def test_one_address_cannot_take_the_connections_of_all() -> None:
    connections = Connections(total=4, per_peer=3)
    assert [connections.admit("10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert [connections.admit("10.0.0.2") for _ in range(2)] == [True, False]
    assert (connections.count, connections.refused) == (4, 3)
    connections.leave("10.0.0.1")
    assert connections.admit("10.0.0.3")


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_whatever_comes_and_goes_the_count_is_right(peers) -> None:
    connections = Connections(total=20, per_peer=10)
    admitted = [peer for peer in peers if connections.admit(peer)]
    assert connections.count == len(admitted) <= 20
    assert all(admitted.count(peer) <= 10 for peer in "abc")
    for peer in admitted:
        connections.leave(peer)
    assert connections == Connections(total=20, per_peer=10, refused=connections.refused)


@pytest.mark.parametrize("descriptors", [16, 256, 1024, 4096, 2**31])
def test_descriptors_are_left_for_the_record(descriptors: int) -> None:
    connections = connections_for(descriptors)
    assert (
        0 < connections.per_peer < connections.total <= min(descriptors, ENOUGH) - min(descriptors // 2, 256)
    )


def test_a_process_takes_what_it_may_have() -> None:
    assert allow_many() == allow_many()
    assert allow_many().total >= 100
