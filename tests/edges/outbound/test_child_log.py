"""The standard error of children, as it reaches the log."""

import logging

import pytest

from firedoor.edges.outbound.child_log import ChildLog
from firedoor.edges.outbound.endpoint import StdioEndpoint
from tests.helpers.fakes import FakeClock


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


def test_a_flood_is_dropped_counted_and_told_once_there_is_room(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = FakeClock(0)
    log = ChildLog(StdioEndpoint(name="crm", command="x"), now_s=lambda: clock.at_us / 1_000_000)
    for _ in range(10_000):
        log.feed(b"x" * 900 + b"\n")
    assert len(caplog.messages) + log.dropped_lines == 10_000
    assert sum(map(len, caplog.messages)) <= 256 * 1024
    dropped = log.dropped_lines
    clock.pass_s(1)
    log.feed(b"and on\n")
    assert caplog.messages[-2:] == [
        f"dropped {dropped} lines: more than the log takes from one upstream",
        "and on",
    ]
    assert log.dropped_lines == dropped


def test_noise_on_standard_output_is_bounded_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log = ChildLog(StdioEndpoint(name="crm", command="x"), now_s=lambda: 0.0)
    for _ in range(10_000):
        log.noise(7)
    assert log.noise_lines == 10_000
    assert len(caplog.messages) == 10_000 - log.dropped_lines == 256 * 1024 // 100


def test_a_child_that_says_little_is_heard_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = FakeClock(0)
    log = ChildLog(StdioEndpoint(name="crm", command="x"), now_s=lambda: clock.at_us / 1_000_000)
    for _ in range(3000):
        log.feed(b"x" * 900 + b"\n")
        clock.pass_s(1)
    assert (len(caplog.messages), log.dropped_lines) == (3000, 0)
