"""Endpoints: what cannot be sent is refused, and credentials are not shown."""

import pytest

from firedoor.edges.outbound.endpoint import HttpEndpoint, Origin, StdioEndpoint, split_url
from firedoor.model.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "origin", "path", "authority"),
    [
        ("http://h/mcp", Origin("http", "h", 80), "/mcp", "h"),
        ("https://h:8443?a=b", Origin("https", "h", 8443), "/?a=b", "h:8443"),
        ("http://[::1]:81/", Origin("http", "::1", 81), "/", "[::1]:81"),
    ],
)
def test_an_address_is_an_origin_and_a_path(url: str, origin: Origin, path: str, authority: str) -> None:
    assert split_url(url) == (origin, path)
    assert origin.authority == authority


@pytest.mark.parametrize(
    "url", ["ftp://h/", "/mcp", "http://", "http://u:p@h/", "http://h/a b", "http://h/\r\n", "http://h:x/"]
)
def test_an_address_that_cannot_be_used_is_a_mistake_in_the_settings(url: str) -> None:
    with pytest.raises(SettingsError):
        HttpEndpoint(name="wiki", url=url)


@pytest.mark.parametrize("header", [("A b", "x"), ("A", "x\r\nB: y"), ("A", "é"), ("", "x")])
def test_a_credential_that_would_say_something_else_is_refused_and_not_shown(header: tuple[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        HttpEndpoint(name="wiki", url="http://h/", headers=(header,))
    assert header[1] not in str(caught.value).replace("header", "")


def test_credentials_are_not_in_a_representation() -> None:
    assert "s3cret" not in repr(HttpEndpoint(name="w", url="http://h/", headers=(("A", "s3cret"),)))
    assert "s3cret" not in repr(
        StdioEndpoint(name="w", command="x", args=("s3cret",), env=(("A", "s3cret"),))
    )
