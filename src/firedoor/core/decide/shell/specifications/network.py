"""The network: names looked up, ports tried, pages fetched. Nothing is sent but what is written out."""

import re

from firedoor.core.decide.places.urls import UrlFacts, url_facts
from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.specifications.checks import each_operand, every, only_values, shown
from firedoor.core.decide.sql.words import words

_CARRIES_LINK_LOCAL = re.compile(r"(?i)(?:^|[.-])(?:169[.-]254[.-]|a9fea9fe|2852039166|fd00-ec2)")
"""Names of services that answer with the address that is in the name."""
_OTHER_METHOD = re.compile(r"(?i)x-(http-)?method(-override)?\s*[:;]")
_HEADER = re.compile(r"[A-Za-z0-9-]+[:;][^\r\n@]*")


_METADATA = "a machine's metadata holds credentials"


def _is_metadata(facts: UrlFacts) -> bool:
    return facts.is_metadata or facts.is_link_local or _CARRIES_LINK_LOCAL.search(facts.host) is not None


def _pinned(text: str | None) -> str | None:
    """`host:443:10.0.0.5`, `::10.0.0.5:443`: where a name leads is held to the same as a URL."""
    if text is None or not text.isascii():
        return "is no address that is written out"
    _, bracket, address = text.partition("[")
    parts = re.split(r"[:,]", text) if not bracket else [f"[{address}"]
    facts = [found for part in parts if part and (found := url_facts(f"http://{part}"))]
    return f"is not allowed: {_METADATA}" if any(map(_is_metadata, facts)) else None


def _urls(parsed: Parsed) -> str | None:
    urls = (*parsed.operands, *parsed.values("--url"))
    if not urls and not parsed.has("--version", "-V"):
        return f"{shown(parsed)} has no URL."
    for url in urls:
        refused = _url(url.text or "")
        if refused is not None:
            return f"{shown(parsed)} {url.shown} is not allowed: {refused}."
    return None


def _url(text: str) -> str | None:
    facts = url_facts(text if "://" in text else f"http://{text}")
    if facts is None or facts.scheme not in {"http", "https"}:
        return "only http and https URLs are fetched"
    if any(sign in text for sign in "{}[]\\ ") and not facts.is_ip_literal:
        return "braces and brackets in a URL are expanded"
    if not facts.host.isascii():
        return "its host has letters that are taken for others"
    if facts.has_userinfo:
        return "it carries a name or password"
    return _METADATA if _is_metadata(facts) else None


def _method(text: str | None) -> str | None:
    return None if text in {"GET", "HEAD", "OPTIONS"} else "is not a read; allowed are GET, HEAD and OPTIONS"


def _output(text: str | None) -> str | None:
    return None if text in {"/dev/null", "-"} else "would be written; allowed is -o /dev/null"


def _format(text: str | None) -> str | None:
    is_plain = text is not None and not text.startswith("@") and "output{" not in text
    return None if is_plain else "is no plain format: it reads or writes a file"


def _header(text: str | None) -> str | None:
    if text is None or _HEADER.fullmatch(text) is None:
        return "is no header that is written out"
    return "would change the method" if _OTHER_METHOD.match(text) else None


def _pair(text: str | None) -> str | None:
    """Of name@file, the file would be sent; of name=text, the text is."""
    return None if text is not None and "=" in text else "is no name=value that is written out"


_CURL_VALUES = {
    "--data-urlencode": _pair, "-X": _method, "--request": _method, "-o": _output, "--output": _output,
    "-w": _format,
    "--write-out": _format, "-H": _header, "--header": _header, "--resolve": _pinned, "--connect-to": _pinned,
}  # fmt: skip


def _curl(parsed: Parsed) -> str | None:
    if parsed.has("--data-urlencode") and not parsed.has("-G", "--get"):
        return "curl --data-urlencode is allowed with -G: without it, it is a POST."
    for name, value in parsed.options:
        if value is not None and (check := _CURL_VALUES.get(name)) and (why := check(value.text)):
            return f"curl {name} {value.shown} {why}."
    return _urls(parsed)


def _wget(parsed: Parsed) -> str | None:
    outputs = [value.text for value in parsed.values("-O", "--output-document")]
    if not parsed.has("--spider", "--version", "-V") and (
        not outputs or not set(outputs) <= {"-", "/dev/null"}
    ):
        return "wget writes a file unless it is called with -O - or --spider."
    return _urls(parsed)


_HOSTS = each_operand(r"[@+A-Za-z0-9_][\w.:/+=-]{0,252}", "only names, addresses and plain words")
_OF_WIREGUARD = frozenset(
    words("""
    public-key listen-port fwmark peers endpoints allowed-ips latest-handshakes transfer persistent-keepalive
""")
)
_OBJECTS = words("a addr address l link r ro route n neigh neighbour ru rule maddress mroute netns nexthop")
_IP_REFUSED = frozenset(
    {"exec", "identify", "monitor", "add", "del", "delete", "set", "flush", "change", "replace"}
)


def _wg(parsed: Parsed) -> str | None:
    if [operand.text in _OF_WIREGUARD for operand in parsed.operands[1:]] == [True]:
        return None
    return "wg show is allowed as: wg show INTERFACE FIELD, of a field that is no key of its own."


def _ip(parsed: Parsed) -> str | None:
    words = [operand.text or "" for operand in parsed.operands]
    if not words or words[0] not in _OBJECTS:
        return "ip is allowed to show addresses, links, routes, neighbours and rules."
    if len(words) > 1 and words[1] not in {"show", "list", "ls", "get"}:
        return f"ip {words[0]} {words[1]} is not specified; allowed are show, list and get."
    if any(word in _IP_REFUSED for word in words[1:]):
        return f"ip {' '.join(words)} is not specified as a read."
    return None


NETWORK = (
    Specification(
        name="curl",
        options="-s -S -L -I -f -v -i -k -g -4 -6 -N -# -G -0 -m: -w: -o: -H: -X: -A: -e: -r: -V --silent "
        "--show-error "
        "--location --head --fail --fail-with-body --verbose --include --insecure --globoff --ipv4 "
        "--ipv6 --no-buffer "
        "--max-time: --connect-timeout: --write-out: --output: --header: --request: --user-agent: "
        "--referer: --range: "
        "--retry: --retry-delay: --retry-max-time: --retry-connrefused --retry-all-errors "
        "--compressed --http1.1 --http2 "
        "--http3 --tlsv1.2 --tlsv1.3 --tls-max: --max-redirs: --resolve: --connect-to: --interface: "
        "--progress-bar "
        "--no-progress-meter --limit-rate: --url: --version --path-as-is --tcp-nodelay "
        "--keepalive-time: --ciphers: "
        "--max-filesize: --get --data-urlencode: --no-keepalive --raw --styled-output --proto-default:",
        is_static=True,
        check=_curl,
        note="GET, HEAD and OPTIONS of http and https URLs that are written out; not -d, -F, -T, -u, -K, "
        "-b, -x",
    ),
    Specification(
        name="wget",
        options="-q -O: -S -v -nv -4 -6 -T: -t: -U: -V --quiet --output-document: --server-response --spider "
        "--timeout: "
        "--tries: --no-check-certificate --user-agent: --no-verbose --max-redirect: --version -d",
        is_static=True,
        check=every(_wget, only_values(("-U", "--user-agent"), r"[\w ./();:,-]*", "only plain text")),
        note="only to standard output, or --spider",
    ),
    Specification(
        name="dig",
        options="-4 -6 -t: -x: -p: -q: -c: -b: -u -v -r -m",
        is_static=True,
        check=_HOSTS,
        note="names that are written out; not -f",
    ),
    Specification(
        name="nslookup",
        options="-type: -query: -debug -port: -timeout: -class:",
        style=Style.WHOLE,
        is_static=True,
        check=_HOSTS,
    ),
    Specification(
        name="host",
        options="-a -C -d -l -r -s -T -v -w -4 -6 -c: -t: -W: -N: -R: -p:",
        is_static=True,
        check=_HOSTS,
    ),
    Specification(
        name="ping",
        options="-c: -W: -w: -i: -n -q -4 -6 -s: -t: -D -v -O -I: -M: -o",
        is_static=True,
        check=_HOSTS,
        note="not a flood",
    ),
    Specification(name="ping6", options="-c: -W: -w: -i: -n -q -s: -I:", is_static=True, check=_HOSTS),
    *(
        Specification(
            name=name,
            options="-n -4 -6 -I -T -U -p: -m: -q: -w: -f: -i: -s: -M: -r -c: -b -z -u -t -a",
            is_static=True,
            check=_HOSTS,
        )
        for name in ("traceroute", "tracepath")
    ),
    Specification(
        name="mtr",
        options="-r -c: -n -w -b -4 -6 -i: -s: -z -T -u -P: -m: -j -C --report --report-cycles: --no-dns "
        "--report-wide "
        "--json --csv --tcp --udp --port: --show-ips --aslookup",
        is_static=True,
        check=_HOSTS,
        needs=("-r", "--report", "-w", "--report-wide", "-j", "--json"),
    ),
    Specification(name="whois", options="-h: -p: -H", is_static=True, check=_HOSTS),
    *(
        Specification(
            name=name,
            options="-z -v -n -u -w: -4 -6 -vv",
            needs=("-z",),
            is_static=True,
            check=_HOSTS,
            most_operands=2,
        )
        for name in ("nc", "ncat", "netcat")
    ),
    Specification(
        name="ssh-keyscan",
        options="-t: -p: -T: -4 -6 -H",
        is_static=True,
        check=_HOSTS,
        note="the keys that a machine shows to everybody; not -f",
    ),
    Specification(name="wg", subs=(Specification(name="show", check=_wg, note="one field, no keys"),)),
    Specification(
        name="ss",
        options="-t -u -l -n -p -a -s -e -m -o -i -4 -6 -x -w -r -H -O -Z -z -b -S -0 --tcp --udp "
        "--listening --numeric "
        "--processes --all --summary --extended --memory --options --info --ipv4 --ipv6 --unix "
        "--no-header --resolve "
        "--oneline --family: -f: --state: --raw --sctp --context --cgroup",
        note="not -K, -D, -F",
    ),
    Specification(
        name="netstat",
        options="-t -u -l -n -p -a -s -r -i -g -e -o -c -v -W -4 -6 -x -w --tcp --udp --listening --numeric "
        "--program "
        "--programs --all --statistics --route --interfaces --extend --timers --wide --numeric-ports "
        "--numeric-hosts "
        "-f: -b -L -m",
    ),
    Specification(
        name="ip",
        options="-4 -6 -s -d -j -p -o -r -br -brief -c -color -json -details -stats -h -iec -human -family: "
        "-f: -N -t -0",
        style=Style.WHOLE,
        check=_ip,
        note="show, list, get",
    ),
    Specification(name="ifconfig", options="-a -s -v", most_operands=1),
    Specification(name="route", options="-n -e -4 -6", most_operands=0),
    Specification(name="arp", options="-a -n -e -v -i:", most_operands=1),
    Specification(
        name="ethtool",
        options="-i -k -S -g -c -a -l -m -P -T --driver --statistics --show-features",
        most_operands=1,
    ),
    Specification(
        name="bridge",
        options="-j -p -s",
        check=lambda p: None if [o.text for o in p.operands][1:2] in (["show"], []) else "bridge … show.",
    ),
    Specification(
        name="tcpdump",
        options="-n -nn -nnn -c: -r: -i: -A -X -XX -x -xx -e -t -tt -ttt -tttt -q -v -vv -vvv -s: -S -D -l "
        "-p -# -K -d "
        "--count --interface: --snapshot-length: --list-interfaces --number --print",
        needs=("-c", "-r", "-D", "--list-interfaces"),
        check=each_operand(r"[A-Za-z0-9.:/_()!&|=<>\[\] -]+", "only a filter"),
        note="shows packets, a number of them; writes none",
    ),
    Specification(
        name="openssl",
        subs=(
            Specification(
                name="x509",
                style=Style.WHOLE,
                options="-in: -inform: -noout -text -dates -startdate -enddate -subject -issuer -serial "
                "-fingerprint "
                "-sha1 -sha256 -md5 -hash -subject_hash -issuer_hash -email -ocsp_uri -purpose "
                "-checkend: -checkhost: "
                "-checkemail: -checkip: -modulus -pubkey -ext: -nameopt: -certopt: -alias",
                most_operands=0,
                note="not -out, -signkey, -engine",
            ),
            Specification(
                name="s_client",
                style=Style.WHOLE,
                options="-connect: -servername: -showcerts -brief -tls1_2 -tls1_3 -tls1_1 -tls1 -no_tls1_3 "
                "-no_tls1_2 "
                "-status -verify: -verify_return_error -verify_hostname: -CAfile: -CApath: -alpn: "
                "-starttls: -quiet "
                "-state -cipher: -ciphersuites: -prexit -ign_eof -no_ign_eof -4 -6 -timeout -nocommands",
                most_operands=1,
                is_static=True,
                sends_input=True,
                note="only with input that is written out",
            ),
            Specification(
                name="verify",
                style=Style.WHOLE,
                options="-CAfile: -CApath: -untrusted: -verbose -purpose: -show_chain -partial_chain "
                "-no_check_time -x509_strict",
            ),
            Specification(
                name="req",
                style=Style.WHOLE,
                options="-in: -inform: -noout -text -subject -verify -pubkey -modulus",
                needs=("-noout",),
                check=lambda p: None if p.has("-in") else "openssl req is allowed with -in.",
            ),
            Specification(
                name="crl",
                style=Style.WHOLE,
                options="-in: -inform: -noout -text -issuer -lastupdate -nextupdate -hash -fingerprint "
                "-crlnumber",
            ),
            Specification(
                name="dgst",
                style=Style.WHOLE,
                options="-sha1 -sha256 -sha384 -sha512 -md5 -sha3-256 -hex -r -c -binary -list",
            ),
            Specification(
                name="ciphers",
                style=Style.WHOLE,
                options="-v -V -s -tls1_2 -tls1_3 -stdname",
                most_operands=1,
            ),
            Specification(name="version", style=Style.WHOLE, options="-a -v -d -b -p -f", most_operands=0),
            Specification(
                name="asn1parse",
                style=Style.WHOLE,
                options="-in: -inform: -i -dump -strparse: -offset: -length:",
            ),
        ),
    ),
)
