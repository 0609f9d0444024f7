from pathlib import Path

import pytest

from firedoor.cli.verify import verifier
from firedoor.edges.export import verify_record


def test_the_program_for_auditors_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    verifier()
    assert capsys.readouterr().out == Path(verify_record.__file__).read_text(encoding="utf-8")
