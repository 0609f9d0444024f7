import socket

import pytest

from firedoor.app.listener import listen
from firedoor.model.errors import SettingsError


def test_it_listens_where_it_was_told_and_does_not_block() -> None:
    listener = listen("127.0.0.1", 0)
    with listener, socket.create_connection(listener.getsockname(), timeout=5):
        assert not listener.getblocking()
        assert listener.proto == socket.IPPROTO_TCP


def test_the_second_on_a_port_is_told_which_port_and_what_to_do() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(SettingsError) as refused:
            listen("127.0.0.1", port)
    assert refused.value.code == "listen_unusable"
    assert f"127.0.0.1:{port}: another program has it" in str(refused.value)
    assert "change `listen`" in str(refused.value)


# Of a block for documentation, and a name that never resolves (RFC 5737, RFC 6761).
@pytest.mark.parametrize(
    ("host", "says"), [("192.0.2.1", "no such address"), ("nowhere.invalid", "nowhere.invalid:0")]
)
def test_an_address_that_is_not_of_this_machine_is_named(host: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        listen(host, 0)
