"""How long clients are let wait."""

import pytest

from firedoor.core.decide.patience import PATIENCE, USUAL_S, Patience, patience_s


@pytest.mark.promise("APR-3")
@pytest.mark.parametrize(
    ("client", "may_stream", "asks", "seconds"),
    [
        ("", True, False, 45),
        ("mcp", True, True, 45),
        ("claude-code", True, False, 280),
        ("Claude-Code", True, True, 900),
        ("codex-mcp-client", True, False, 100),
        ("Visual Studio Code", True, True, 240),
        ("claude-code", False, False, 20),
    ],
)
def test_a_client_waits_less_than_it_was_seen_to_give_up_at(
    client: str, may_stream: bool, asks: bool, seconds: float
) -> None:
    assert patience_s(client, USUAL_S, may_stream=may_stream, asks_progress=asks) == seconds


def test_the_setting_is_for_those_nobody_knows() -> None:
    assert patience_s("mine", 5, may_stream=True, asks_progress=False) == 5
    assert patience_s("mine", 5, may_stream=False, asks_progress=False) == 5


def test_what_the_settings_say_of_a_client_comes_before_what_was_measured() -> None:
    clients = (Patience(names=("codex",), silent_s=7, shown_s=9), *PATIENCE)
    for asks, seconds in ((False, 7), (True, 9)):
        found = patience_s("Codex", 5, may_stream=True, asks_progress=asks, clients=clients)
        assert found == seconds
    assert patience_s("claude-code", 5, may_stream=True, asks_progress=False, clients=clients) == 280
