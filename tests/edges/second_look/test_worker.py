import io

import msgspec

from firedoor.edges.second_look.worker import EXTRAS, LENGTH, Extra, serve
from firedoor.model.second_look import Sighting


def frames(*questions: tuple[str, str]) -> io.BytesIO:
    bodies = [msgspec.json.encode(each) for each in questions]
    return io.BytesIO(b"".join(LENGTH.pack(len(body)) + body for body in bodies))


def test_each_text_is_answered_in_order_after_it_is_ready() -> None:
    def find(text: str, field: str) -> list[Sighting]:
        return [Sighting(kind=field, start=0, end=len(text), confidence="1")] if text else []

    sink = io.BytesIO()
    extra = Extra(is_installed=lambda: True, finder=lambda: find, sample="", seen=())
    serve(extra, frames(("ab", "name"), ("", "")), sink)
    sink.seek(0)
    told = []
    while head := sink.read(LENGTH.size):
        told.append(sink.read(LENGTH.unpack(head)[0]))
    assert told[0] == b""
    assert msgspec.json.decode(told[1], type=list[Sighting]) == find("ab", "name")
    assert told[2:] == [b"[]"]


def test_every_extra_has_a_sample_in_which_what_it_must_see_stands() -> None:
    for extra in EXTRAS.values():
        assert extra.seen
        assert all(value in extra.sample for _, value in extra.seen)
