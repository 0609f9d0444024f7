import pytest

from firedoor.core.decide.shell.names import is_secret, may_be_set


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "IFS",
        "BASH_ENV",
        "ENV",
        "PS4",
        "PROMPT_COMMAND",
        "GIT_SSH",
        "EDITOR",
        "VISUAL",
        "LESSOPEN",
        "KUBECONFIG",
        "HOME",
        "SHELLOPTS",
        "CDPATH",
        "NODE_OPTIONS",
        "PYTHONPATH",
        "http_proxy",
        "path",
        "fpath",
        "ANYTHING_ELSE",
        "DOCKER_HOST",
        "AWS_ENDPOINT_URL",
        "PGSERVICEFILE",
    ],
)
def test_a_variable_with_a_meaning_is_not_set(name: str) -> None:
    assert not may_be_set(name, "x")


@pytest.mark.parametrize("name", ["x", "pod_name", "_", "NS", "POD", "AWS_REGION"])
def test_a_plain_variable_is(name: str) -> None:
    assert may_be_set(name, "x")
    assert may_be_set(name, None)


def test_a_pager_may_only_be_turned_off() -> None:
    assert may_be_set("PAGER", "cat")
    assert may_be_set("GIT_PAGER", "")
    assert not may_be_set("GIT_PAGER", "sh -c id")
    assert not may_be_set("PAGER", None)


def test_what_names_a_file_of_settings_is_a_plain_name() -> None:
    assert may_be_set("TZ", "Europe/Berlin")
    assert not may_be_set("TZ", "/srv/x")
    assert not may_be_set("TERM", "../../srv/x")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("AWS_SECRET_ACCESS_KEY", True), ("API_TOKEN", True), ("HOME", False), ("x", False)],
)
def test_a_name_says_whether_it_holds_a_secret(name: str, expected: bool) -> None:
    assert is_secret(name) is expected


def test_less_is_told_how_to_scroll_and_nothing_else() -> None:
    assert may_be_set("SYSTEMD_LESS", "FRXMK")
    assert not may_be_set("SYSTEMD_LESS", "+!reboot")
    assert not may_be_set("SYSTEMD_LESS", "-o/tmp/x")
    assert not may_be_set("SYSTEMD_LESS", None)
