import io
import json

from firedoor.edges.understanding.worker import LENGTH, serve


def frame(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def frames(stream: bytes) -> list[bytes]:
    found = []
    while stream:
        size = LENGTH.unpack(stream[: LENGTH.size])[0]
        found.append(stream[LENGTH.size : LENGTH.size + size])
        stream = stream[LENGTH.size + size :]
    return found


def test_it_says_that_it_is_ready_then_answers_each_text_and_ends_with_its_input() -> None:
    asked = (
        frame(json.dumps(["SELECT a FROM t", "sqlite"]).encode())
        + frame(b'["DROP TABLE t", "mysql"]')
        + b"\0"
    )
    sink = io.BytesIO()
    serve(io.BytesIO(asked), sink)
    ready, first, second = frames(sink.getvalue())
    assert ready == b""
    assert json.loads(first)["effect"] == "read"
    assert json.loads(first)["columns"] == ["a"]
    assert json.loads(second)["effect"] == "destructive"
