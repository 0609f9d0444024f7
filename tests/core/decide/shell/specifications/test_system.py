import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize("command", ["resolvectl dns", "resolvectl dns eth0", "resolvectl query example.com"])
def test_what_resolves_names_is_shown(command: str) -> None:
    assert understand_shell(command).allowed


@pytest.mark.parametrize("command", ["resolvectl dns eth0 10.0.0.9", "resolvectl domain eth0 '~.'"])
def test_a_server_behind_a_link_would_be_set(command: str) -> None:
    assert not understand_shell(command).allowed
