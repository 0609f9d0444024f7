import pytest

from firedoor.core.decide.shell.harm import effect_of
from firedoor.model.shell import ShellEffect


@pytest.mark.parametrize(
    ("words", "effect"),
    [
        (("/bin/rm", "x"), ShellEffect.DESTRUCTIVE),
        (("mkfs.ext4", "x"), ShellEffect.DESTRUCTIVE),
        (("kubectl", "-n", "x", "delete", "pod"), ShellEffect.DESTRUCTIVE),
        (("aws", "dynamodb", "delete-table"), ShellEffect.DESTRUCTIVE),
        (("grep", "delete"), ShellEffect.UNKNOWN),
        (("kubectl", "apply"), ShellEffect.WRITE),
        (("cp", "a", "b"), ShellEffect.WRITE),
        ((), ShellEffect.UNKNOWN),
    ],
)
def test_what_is_known_of_a_command_is_named(words: tuple, effect: ShellEffect) -> None:
    assert effect_of(words) is effect
