import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firedoor.edges.second_look.process import LONGEST, FinderProcess, installed
from firedoor.edges.second_look.worker import EXTRAS
from firedoor.model.errors import SettingsError
from firedoor.model.second_look import Sighting


def process(how: str, deadline_s: float = 30) -> FinderProcess:
    command = (sys.executable, "-m", "tests.edges.second_look.blind", how)
    return FinderProcess("ner", deadline_s=deadline_s, command=command)


@pytest.fixture
def good() -> Iterator[FinderProcess]:
    with process("good") as running:
        yield running


def test_a_process_proves_itself_and_is_gone_afterwards() -> None:
    with process("good") as running:
        child = running._process
        assert child is not None
        assert child.poll() is None
    assert child.returncode is not None
    running.close()


def test_what_does_not_find_its_own_sample_is_not_used() -> None:
    blind = process("blind")
    with pytest.raises(SettingsError) as raised, blind:
        pytest.fail("it was used")
    assert raised.value.code == "second_look_silent"
    assert blind._process is None


@pytest.mark.parametrize(("how", "why"), [("absent", "OSError: no such model"), ("cut", "it ended")])
def test_what_does_not_start_says_why(how: str, why: str) -> None:
    with pytest.raises(SettingsError) as raised, process(how):
        pytest.fail("it was used")
    assert raised.value.code == "second_look_unusable"
    assert why in raised.value.message


def test_offsets_are_those_of_the_text_however_long(good: FinderProcess) -> None:
    text = "é" * 20_000 + "Margaret Holloway" + "\ud800" * 7_000
    assert good.find(text, "note") == (Sighting(kind="name", start=20_000, end=20_017, confidence=""),)
    assert good.find("Margaret Holloway", "note\ud800")[0].confidence == "note\ufffd"


def test_half_of_a_character_is_no_way_to_hide(good: FinderProcess) -> None:
    assert good.find("\ud83d Margaret Holloway")[0].start == 2


@pytest.mark.parametrize("word", ["dies", "much"])
def test_after_a_text_that_ends_it_the_next_one_is_answered(good: FinderProcess, word: str) -> None:
    assert good.find(f"{word} Margaret Holloway") is None
    assert good.find("Margaret Holloway") is not None


def test_at_the_deadline_it_is_ended_and_the_next_text_is_answered(good: FinderProcess) -> None:
    good._deadline_s = 0.2
    child = good._process
    assert child is not None
    assert good.find("slow Margaret Holloway") is None
    assert child.returncode is not None
    good._deadline_s = 30
    assert good.find("Margaret Holloway") is not None


def test_a_text_that_would_take_minutes_is_not_begun(good: FinderProcess) -> None:
    assert good.find("x" * (LONGEST + 1)) is None


def test_it_is_given_nothing_of_the_environment(good: FinderProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREDOOR_SECRET", "s3cret")
    good.close()
    assert good.find("Margaret Holloway") is not None
    assert good._process is not None
    given = Path(f"/proc/{good._process.pid}/environ").read_bytes()
    names = {each.split(b"=")[0] for each in given.split(b"\0") if each}
    assert names <= {b"PATH", b"LANG", b"PYTHONPATH", b"PYTHONDONTWRITEBYTECODE"}


def test_it_ends_when_the_command_does(good: FinderProcess) -> None:
    child = good._process
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(30) == 0


@pytest.mark.parametrize("extra", list(EXTRAS))
def test_an_extra_finds_its_sample_within_its_limits(extra: str) -> None:
    if extra not in installed():
        pytest.skip(f"firedoor[{extra}] is not installed: CI has it")
    with FinderProcess(extra) as running:
        assert running._process is not None
        limits = subprocess.run(
            ["cat", f"/proc/{running._process.pid}/limits"], capture_output=True, text=True, check=True
        ).stdout
        assert "Max core file size        0" in limits
        assert "Max file size             0" in limits
        found = running.find(EXTRAS[extra].sample)
        assert found is not None
        assert {one.kind for one in found} == {kind for kind, _ in EXTRAS[extra].seen}
