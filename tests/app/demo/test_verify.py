"""The end of the demo, on a record that is not the demo's."""

from pathlib import Path

import pytest

from firedoor.app.demo.verify import show
from tests.edges.store.log.recorded import recorded


class Stage:
    """Keeps what is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def say(self, text: str, style: str = "") -> None:
        self.said.append(text)

    def step(self, title: str) -> None:
        self.said.append(title)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    recorded(tmp_path / "data", sessions=3, calls=5)
    (tmp_path / "policies").mkdir()
    settings = "data_dir: data\nupstreams: {crm: {url: http://127.0.0.1:1/mcp}}\n"
    (tmp_path / "firedoor.yaml").write_text(settings, encoding="utf-8")
    return Stage(tmp_path)


def test_it_verifies_the_record_and_then_names_the_byte_that_was_changed(stage: Stage) -> None:
    checked: list[tuple[bool, str]] = []
    show(stage, lambda is_so, what: checked.append((is_so, what)))
    assert [is_so for is_so, _ in checked] == [True, True, True]
    assert checked[2][1].startswith("journal/")
    shown = "\n".join(stage.said)
    assert "L3" in shown
    assert "FAIL" in shown
    changed = next(line for line in stage.said if line.startswith("  changed: byte"))
    assert changed.rpartition(" of ")[2] in stage.said[-1]


def test_a_record_that_does_not_verify_ends_it(stage: Stage) -> None:
    segment = max((stage.folder / "data" / "journal").glob("*.seg"))
    content = bytearray(segment.read_bytes())
    content[300] ^= 1
    segment.write_bytes(bytes(content))

    def check(is_so: bool, what: str) -> None:
        if not is_so:
            raise AssertionError(what)

    with pytest.raises(AssertionError, match="the record verifies"):
        show(stage, check)
