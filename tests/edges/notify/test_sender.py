"""Messages go out beside everything else: in order, again when they fail, and never to another address."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from firedoor.edges.notify.sender import WAITING, Letter, Sender


class Receiver:
    """A real HTTP server that answers with the statuses it is given, then 204."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[bytes] = []
        self.has_got = threading.Condition()
        self.may_answer = threading.Event()
        self.may_answer.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.may_answer.wait(20)
                with receiver.has_got:
                    receiver.got.append(body)
                    receiver.has_got.notify_all()
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def until(self, count: int) -> list[bytes]:
        with self.has_got:
            assert self.has_got.wait_for(lambda: len(self.got) >= count, 20)
            return list(self.got)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.may_answer.set()
    running.server.shutdown()
    running.thread.join()
    running.server.server_close()


def letter(url: str, body: bytes = b"{}", about: str = "one", *, is_loud: bool = False) -> Letter:
    return Letter(url=url, write=lambda: (body, {}), about=about, is_loud=is_loud)


def test_messages_arrive_in_order_and_again_after_a_failure(receiver: Receiver) -> None:
    sender = Sender("t", pauses_s=(0, 0))
    receiver.statuses = [500, 204, 204]
    sender.send(letter(receiver.url, b"1"))
    sender.send(letter(receiver.url, b"2"))
    assert receiver.until(3) == [b"1", b"1", b"2"]
    sender.close()


def test_a_redirect_is_a_failure_and_is_not_followed(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender("t", pauses_s=())
    receiver.statuses = [307]
    sender.send(letter(receiver.url, b"1"))
    sender.close(20)
    assert receiver.got == [b"1"]
    assert "one is given up" in caplog.text


def test_nobody_waits_for_a_receiver_that_is_slow_and_what_does_not_fit_is_dropped(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    receiver.may_answer.clear()
    sender = Sender("t", pauses_s=())
    for _ in range(WAITING + 2):
        sender.send(letter(receiver.url))
    assert "one is dropped" in caplog.text
    sender.close(0)
    receiver.may_answer.set()


def test_a_receiver_that_is_gone_is_told_in_the_log_without_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sender = Sender("t", pauses_s=(0,))
    sender.send(letter("http://127.0.0.1:1/secret-path"))
    sender.send(letter("https://127.0.0.1:1"))
    sender.close(20)
    assert "ConnectionRefusedError" in caplog.text
    assert "secret-path" not in caplog.text


def test_what_the_receiver_does_not_want_holds_up_nothing_for_long(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender("t", pauses_s=(0, 0, 20))
    receiver.statuses = [400, 400, 400, 503, 429]
    sender.send(letter(receiver.url, b"1", "the first"))
    sender.send(letter(receiver.url, b"2"))
    # One that is there and busy is waited for, as one that is gone.
    assert receiver.until(6) == [b"1", b"1", b"1", b"2", b"2", b"2"]
    sender.close()
    assert "the first is given up" in caplog.text


def test_a_loud_message_waits_for_no_quiet_one(receiver: Receiver) -> None:
    sender = Sender("t", pauses_s=(20,))
    receiver.statuses = [503]
    for _ in range(WAITING + 2):
        sender.send(letter(receiver.url, b"quiet"))
    assert receiver.until(1) == [b"quiet"]
    sender.send(letter(receiver.url, b"loud", is_loud=True))
    assert receiver.until(2) == [b"quiet", b"loud"]
    sender.close(0)
