import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "text",
    [
        "tar -tzf backup.tar.gz",
        "tar tf a.tar",
        "tar -tvf a.tar etc/hosts -z",
        "tar --version",
        "unzip -l a.zip",
        "zipinfo -1 a.jar",
    ],
)
def test_an_archive_is_listed(text: str) -> None:
    assert understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "tar",
        "tar -t",
        "tar -tf",
        "tar -xf a.tar",
        "tar -txf a.tar",
        "tar -ft a.tar",
        "tar -tf host:a.tar",
        "tar -tf $x",
        "tar -tf a.tar $x",
        "tar -tf a.tar -I ./run",
        "tar -tf a.tar --use-compress-program=./run",
        "tar -tf a.tar --to-command=id",
        "tar -tf a.tar --checkpoint-action=exec=id",
        "tar -tf a.tar -F ./run",
        "tar -tf a.tar --rsh-command=id",
        "tar $x",
        "unzip a.zip",
        "unzip -o -l a.zip",
    ],
)
def test_nothing_is_taken_out_and_nothing_is_run(text: str) -> None:
    assert not understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "tar -tvf a.tar.gz --wildcards '*.toml'",
    ],
)
def test_patterns_choose_what_is_listed(text: str) -> None:
    assert understand_shell(text).allowed, understand_shell(text).reasons


@pytest.mark.parametrize(
    "text",
    [
        "tar -tf a.tar --wildcards --to-command=id '*'",
        "tar -tf a.tar --wildcards --use-compress-program=id",
    ],
)
def test_patterns_take_no_program_along(text: str) -> None:
    assert not understand_shell(text).allowed
