import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.places.urls import address_of, url_facts


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "127%2e0%2e0%2e1",
        "127\u30020.0.1",
        "[::]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[::127.0.0.1]",
    ],
)
def test_this_machine_is_seen_in_every_spelling(host: str) -> None:
    facts = url_facts(f"http://{host}/")
    assert facts is not None
    assert facts.is_loopback
    assert facts.is_private


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "100.100.100.200",
        "169.254.170.2",
    ],
)
def test_the_metadata_of_a_machine_is_seen_in_every_spelling(host: str) -> None:
    facts = url_facts(f"http://{host}/latest/")
    assert facts is not None
    assert facts.is_metadata
    assert facts.is_private


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "db",
        "db.internal",
        "224.0.0.1",
    ],
)
def test_a_private_network_is_seen(host: str) -> None:
    facts = url_facts(f"http://{host}:8080/")
    assert facts is not None
    assert facts.is_private


@pytest.mark.parametrize(
    "host", ["example.com", "8.8.8.8", "[2606:4700::1111]", "10.example.com", "1.2.3.4.5"]
)
def test_the_public_network_is_not_private(host: str) -> None:
    facts = url_facts(f"https://{host}/")
    assert facts is not None
    assert not facts.is_private


def test_a_url_is_normalised() -> None:
    facts = url_facts("HTTPS://User:pw@EXAMPLE.com:443/a/%2e%2e/b?q=1#f")
    assert facts is not None
    assert facts.normalised == "https://example.com/b?q=1#f"
    assert (facts.scheme, facts.host, facts.port, facts.path) == ("https", "example.com", 443, "/b")
    assert facts.has_userinfo
    assert facts.has_traversal
    assert facts.is_encoded


@pytest.mark.parametrize(
    "text",
    [
        "http://a@b@c/",
        "http://a\\@b/",
        "http://0x7f.1/",
        "http://a:99999/",
        "http://a b/",
        "http://exa%6dple.com/",
        "http://ex\u00e4mple.com/",
    ],
)
def test_a_host_on_which_readers_may_disagree_is_odd(text: str) -> None:
    facts = url_facts(text)
    assert facts is not None
    assert facts.is_odd


def test_a_plain_host_is_not_odd() -> None:
    facts = url_facts("https://example.com:8443/a")
    assert facts is not None
    assert not facts.is_odd
    assert facts.port == 8443


@pytest.mark.parametrize("text", ["", "example.com", "//example.com", "/x", "x" * 9_000, "1http://x"])
def test_what_is_no_url_has_no_facts(text: str) -> None:
    assert url_facts(text) is None


def test_an_opaque_url_has_no_host() -> None:
    facts = url_facts("mailto:a@example.com")
    assert facts is not None
    assert (facts.scheme, facts.host) == ("mailto", "")


@pytest.mark.parametrize("host", ["256.1.1.1", "1.1.1.1.1", "4294967296", "[::g]", "a.b", ""])
def test_what_is_no_address_is_none(host: str) -> None:
    assert address_of(host) is None


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_address_is_that_address(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    a, b, c, d = address.packed
    spellings = [
        str(address),
        str(number),
        hex(number),
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"{a}.{b}.{(c << 8) + d}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
    ]
    assert {address_of(spelling) for spelling in spellings} == {address}


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    url_facts(text)
    url_facts(f"http://{text}")
