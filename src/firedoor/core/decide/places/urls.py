"""Facts on a URL: scheme, host, network, userinfo, traversal, in whatever spelling. Looks nothing up.

An address may be written as one number, in octal, in hexadecimal, short, or as IPv6 that carries IPv4:
readers differ, so each spelling that any reader takes for an address counts as that address.
A name is not resolved: it may point anywhere.
"""

import ipaddress
import re
from dataclasses import dataclass

from firedoor.core.decide.places.paths import decoded_fully, normalised

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 8_192
"""Longer is refused by most servers; stops work that grows with size."""

_METADATA_HOSTS = frozenset(
    {
        "metadata.google.internal",
        "metadata.goog",
        "metadata",
        "instance-data",
        "instance-data.ec2.internal",
        "metadata.tencentyun.com",
    }
)
_METADATA_ADDRESSES = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "169.254.169.253",
            "fd00:ec2::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
        ),
    )
)
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#\\]*))?(?P<rest>.*)", re.DOTALL
)
_BLANK = re.compile(r"[\x00-\x20\x7f]")
_PORT = re.compile(r"[0-9]{1,5}")
_HIGHEST_PORT = 65_535
_PART = re.compile(r"0[xX][0-9A-Fa-f]{0,16}|[0-9]{1,20}")
_OCTETS = 4
_OCTET = 256
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp")


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlFacts:
    """What can be seen of a URL by its text alone."""

    text: str
    normalised: str
    """Scheme and host in lower case, address in its usual spelling, path resolved, no userinfo."""
    scheme: str
    host: str
    port: int | None
    """The port written, else that of the scheme; None if neither is known."""
    path: str
    is_ip_literal: bool
    is_private: bool
    """Not of the public network: private, shared, loopback, link-local, reserved; or a local name."""
    is_loopback: bool
    is_link_local: bool
    is_metadata: bool
    """Where clouds hand credentials to their machines."""
    has_userinfo: bool
    has_traversal: bool
    is_encoded: bool
    """Whether host or path hold percent-encoding."""
    is_odd: bool
    """Whether readers may disagree on the host: an unusual address, a backslash, control or blank
    characters, a port out of range, several @."""


def url_facts(text: str) -> UrlFacts | None:
    """Return the facts of a URL, or None if it is none."""
    found = _URL.fullmatch(text) if len(text) <= LONGEST_URL else None
    if found is None:
        return None
    scheme = found["scheme"].lower()
    authority = found["authority"] or ""
    userinfo, at, place = authority.rpartition("@")
    host_text, port_text = _split_port(place)
    host = _plain_host(host_text)
    address = address_of(host)
    port = int(port_text) if _PORT.fullmatch(port_text) else _PORTS.get(scheme)
    path = re.split(r"[?#]", found["rest"], maxsplit=1)[0]
    canonical = _shown_host(address, host)
    resolved = normalised(path) if path else ""
    return UrlFacts(
        text=text,
        normalised=_joined(
            scheme, canonical, port, found["rest"][: len(path)] and resolved, found["rest"][len(path) :]
        ),
        scheme=scheme,
        host=canonical,
        port=port,
        path=resolved,
        is_ip_literal=address is not None,
        is_private=_is_private(address, host),
        is_loopback=_is_loopback(address, host),
        is_link_local=address is not None and any(one.is_link_local for one in _carried(address)),
        is_metadata=_is_metadata(address, host),
        has_userinfo=bool(at),
        has_traversal=".." in decoded_fully(found["rest"]).replace("\\", "/").split("/"),
        is_encoded="%" in host_text or decoded_fully(path) != path,
        is_odd=_is_odd(text, userinfo, host_text, port_text, canonical),
    )


def address_of(host: str) -> Address | None:
    """Return the address that a host spells, in any of the spellings that readers take."""
    bare = host.strip("[]").partition("%")[0].rstrip(".")
    if ":" in bare:
        try:
            return ipaddress.IPv6Address(bare)
        except ValueError:
            return None
    parts = bare.split(".")
    if len(parts) > _OCTETS or not all(_PART.fullmatch(part) for part in parts):
        return None
    *leading, last = map(_number, parts)
    if any(number >= _OCTET for number in leading) or last >= _OCTET ** (_OCTETS - len(leading)):
        return None
    return ipaddress.IPv4Address(
        last + sum(number * _OCTET ** (_OCTETS - 1 - place) for place, number in enumerate(leading))
    )


def _number(part: str) -> int:
    """Read a part as inet_aton does: 0x… is hexadecimal, a leading zero means octal."""
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    is_octal = part.startswith("0") and all(digit in "01234567" for digit in part)
    return int(part, 8 if is_octal else 10)


def _carried(address: Address) -> tuple[Address, ...]:
    """The address, and the IPv4 address inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    inner: list[Address] = [address]
    if address.ipv4_mapped is not None:
        inner.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner.extend(address.teredo)
    if address in _NAT64 or int(address) >> 32 == 0:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inner)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _is_private(address: Address | None, host: str) -> bool:
    if address is None:
        return _is_local_name(host)
    return any(not one.is_global or one.is_multicast for one in _carried(address)) or _is_metadata(
        address, host
    )


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".")
    return "." not in name or name.endswith(_LOCAL_ENDINGS)


def _is_loopback(address: Address | None, host: str) -> bool:
    if address is None:
        name = host.rstrip(".")
        return name == "localhost" or name.endswith(".localhost")
    return any(one.is_loopback or one.is_unspecified for one in _carried(address))


def _is_metadata(address: Address | None, host: str) -> bool:
    if address is None:
        return host.rstrip(".") in _METADATA_HOSTS
    return any(one in _METADATA_ADDRESSES for one in _carried(address))


def _split_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        host, _, rest = place.partition("]")
        return f"{host}]", rest.removeprefix(":")
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
    return host, port


def _plain_host(text: str) -> str:
    return decoded_fully(text).translate(_DOTS).lower()


def _shown_host(address: Address | None, host: str) -> str:
    if address is None:
        return host.rstrip(".")
    return f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)


def _joined(scheme: str, host: str, port: int | None, path: str, rest: str) -> str:
    shown_port = "" if port is None or _PORTS.get(scheme) == port else f":{port}"
    return f"{scheme}://{host}{shown_port}{path}{rest}"


def _is_odd(text: str, userinfo: str, host_text: str, port_text: str, canonical: str) -> bool:
    return (
        "\\" in text
        or "@" in userinfo
        or _BLANK.search(text) is not None
        or not host_text.isascii()
        or "%" in host_text
        or (bool(port_text) and not (_PORT.fullmatch(port_text) and int(port_text) <= _HIGHEST_PORT))
        or (address_of(canonical) is not None and host_text.lower() != canonical)
    )
