"""The standard error of children, as it reaches the log."""

import logging

import pytest

from firedoor.edges.outbound.child_log import ChildLog
from firedoor.edges.outbound.endpoint import StdioEndpoint


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> ChildLog:
    caplog.set_level(logging.INFO)
    env = (("KEY", "s3cret-value"), ("LONGER", "s3cret-value-2"), ("PEM", "begin-it\nmiddle"), ("N", "1"))
    return ChildLog(StdioEndpoint(name="crm", command="x", env=env))


def test_a_credential_is_withheld_wherever_the_output_is_cut(
    log: ChildLog, caplog: pytest.LogCaptureFixture
) -> None:
    for part in (b"1 key s3cr", b"et-value, then s3cret-value-2 and mid", b"dle\nrest"):
        log.feed(part)
    withheld = "[credential withheld]"
    assert caplog.messages == [f"1 key {withheld}, then {withheld} and {withheld}"]
    assert caplog.records[0].name == "firedoor.upstream.crm"


def test_a_long_line_is_cut_and_no_half_of_a_credential_remains(
    log: ChildLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.feed(b"x" * 4090 + b"s3cret-value" + b"y" * 100_000 + b"\n")
    (message,) = caplog.messages
    assert len(message) <= 4097
    assert "s3cret" not in message


def test_what_a_terminal_would_obey_is_escaped(log: ChildLog, caplog: pytest.LogCaptureFixture) -> None:
    log.feed(b"a\x1b[2Jb\xff\r\n\n")
    assert caplog.messages == ["a\\x1b[2Jb\\xff"]
