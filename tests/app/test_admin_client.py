"""How commands ask a gateway: what is no answer is none, and a slow one is waited for or not."""

import json
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from firedoor.edges.inbound.admin_socket import NAME
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.json import JsonObject


@contextmanager
def gateway(folder: Path, *said: bytes, go: threading.Event | None = None) -> Generator[list[dict]]:
    """One that says this once it is let go, whatever it is asked."""
    asked: list[dict] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(folder / NAME))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                asked.append(json.loads(lines.readline()))
                if go is not None:
                    go.wait(30)
                with suppress(BrokenPipeError):  # whoever asked may have gone
                    for part in said:
                        connection.sendall(part)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield asked
        finally:
            if go is not None:
                go.set()
            thread.join()


def test_nobody_is_asked_where_nobody_listens(tmp_path: Path) -> None:
    assert ask_gateway(tmp_path / "none", "lock.list", {}) is None
    assert ask_gateway(tmp_path, "lock.list", {}) is None
    (tmp_path / NAME).write_text("no socket")
    assert ask_gateway(tmp_path, "lock.list", {}) is None


@pytest.mark.parametrize(
    ("asked", "what"),
    [({"id": "l_1", "reason": "\udcff"}, "reason"), ({"targets": [["principal", "\udcff"]]}, "target")],
)
def test_what_is_no_text_is_not_asked_and_is_told_by_its_name(
    tmp_path: Path, asked: JsonObject, what: str
) -> None:
    with pytest.raises(ClientError, match=f"The {what} is not text") as refused:
        ask_gateway(tmp_path, "any", asked)
    assert refused.value.code == "text_unreadable"


def test_an_answer_may_come_in_parts(tmp_path: Path) -> None:
    with gateway(tmp_path, b'{"answer": ', b'{"n": 1}}', b"\n"):
        assert ask_gateway(tmp_path, "any", {}) == {"n": 1}


@pytest.mark.parametrize("said", [b"", b"[1]\n", b"{}\n", b'{"answer": 1}\n', b"no json\n", b'{"answer": {'])
def test_what_is_no_answer_is_silence(tmp_path: Path, said: bytes) -> None:
    with gateway(tmp_path, said), pytest.raises(RecordError) as refused:
        ask_gateway(tmp_path, "any", {})
    assert refused.value.code == "gateway_silent"


def test_what_the_gateway_refuses_is_refused(tmp_path: Path) -> None:
    said = {"code": "lock_target", "message": "That is no lock.", "hint": "", "class": "ClientError"}
    with (
        gateway(tmp_path, json.dumps({"error": said}).encode() + b"\n"),
        pytest.raises(ClientError, match="no lock"),
    ):
        ask_gateway(tmp_path, "any", {})


def test_a_question_says_until_when_it_may_be_carried_out(tmp_path: Path) -> None:
    go = threading.Event()
    with gateway(tmp_path, go=go) as asked, pytest.raises(RecordError):
        ask_gateway(tmp_path, "any", {"n": 1}, wait_s=0.2)
    assert asked[0]["with"] == {"n": 1}
    assert asked[0]["until_s"] > 0


@pytest.mark.parametrize("goes_on", [True, False])
def test_who_knows_what_to_do_meanwhile_is_told_that_there_is_no_answer_yet(
    tmp_path: Path, goes_on: bool
) -> None:
    go, told = threading.Event(), list[int]()

    def if_slow() -> bool:
        told.append(1)
        if goes_on:
            go.set()
        return goes_on

    with gateway(tmp_path, b'{"answer": {"n": 1}}\n', go=go) as asked:
        if goes_on:
            assert ask_gateway(tmp_path, "any", {}, slow_s=0.1, if_slow=if_slow) == {"n": 1}
        else:
            with pytest.raises(RecordError):
                ask_gateway(tmp_path, "any", {}, slow_s=0.1, if_slow=if_slow)
    assert told == [1]
    assert "until_s" not in asked[0]


def test_a_gateway_with_no_room_for_a_question_is_silent_and_not_gone(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / NAME))
        listener.listen(0)
        waiting: list[socket.socket] = []
        with pytest.raises(BlockingIOError):
            while True:
                waiting.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                waiting[-1].setblocking(False)
                waiting[-1].connect(str(tmp_path / NAME))
        with pytest.raises(RecordError) as refused:
            ask_gateway(tmp_path, "any", {}, wait_s=0.2)
        for each in waiting:
            each.close()
    assert refused.value.code == "gateway_silent"
