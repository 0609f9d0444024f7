import re

import pytest

from firedoor.core.decide.shell.specifications.table import FAMILIES, TABLE, specification_of


def test_a_command_is_found_by_its_name_and_in_a_system_folder_only() -> None:
    assert specification_of("ls") is specification_of("/usr/bin/ls")
    assert specification_of("./ls") is None
    assert specification_of("/srv/ls") is None
    assert specification_of("/usr/bin/../../srv/ls") is None
    assert specification_of("") is None


def test_no_command_is_specified_twice() -> None:
    names = [s.name for family in FAMILIES.values() for s in family]
    assert len(names) == len(set(names)) == len(TABLE)


@pytest.mark.parametrize(
    "name",
    [
        "rm",
        "mv",
        "cp",
        "dd",
        "tee",
        "sudo",
        "su",
        "doas",
        "ssh",
        "scp",
        "eval",
        "exec",
        "source",
        ".",
        "perl-e",
        "kill",
        "less",
        "vi",
    ],
)
def test_what_only_ever_changes_is_not_in_the_table(name: str) -> None:
    assert name not in TABLE


def test_an_option_is_written_in_the_notation() -> None:
    for specification in walk():
        for option in specification.options.split():
            assert re.fullmatch(r"-#|--?[A-Za-z0-9_.#-]+[:?]?|-[:?0-9A-Za-z@#][:?]?", option), (
                specification.name,
                option,
            )


def walk():
    left = list(TABLE.values())
    while left:
        specification = left.pop()
        yield specification
        left.extend(specification.subs)
