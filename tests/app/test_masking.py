from pathlib import Path

import pytest

from firedoor.app.masking import masking_of
from firedoor.app.settings.file import load
from firedoor.model.errors import SettingsError


def write(folder: Path, mask: str) -> Path:
    file = folder / "firedoor.yaml"
    file.write_text(f"upstreams: {{a: {{command: x}}}}\nmask: {mask}\n")
    return file


def test_a_profile_that_nobody_uses_is_not_compiled(tmp_path: Path) -> None:
    masking = masking_of(load(write(tmp_path, "{default: off}")))
    assert dict(masking.masks) == {}


def test_a_detector_that_does_not_find_its_own_sample_stops_the_start(tmp_path: Path) -> None:
    own = "[{kind: staff, pattern: 'E-[0-9]{6}', sample: E-12345}]"
    with pytest.raises(SettingsError) as caught:
        masking_of(load(write(tmp_path, f"{{default: mine, profiles: {{mine: {{custom: {own}}}}}}}")))
    assert caught.value.code == "mask_detector_silent"


def test_the_key_is_made_once_and_tokens_stay_the_same(tmp_path: Path) -> None:
    settings = load(write(tmp_path, "{default: on}"))
    payload = b'{"jsonrpc":"2.0","method":"x","params":{"mail":"ada@example.com"}}'
    views = [masking_of(settings).masks["on"].seen(payload).view for _ in range(2)]
    assert views[0] == views[1]
    assert b"EMAIL_" in views[0]
    assert b"ada@example.com" not in views[0]
