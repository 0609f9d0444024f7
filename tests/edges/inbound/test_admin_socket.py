"""The socket of the data folder: who asks, what is answered, and what is not understood."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from firedoor.edges.inbound.admin_socket import NAME, AdminSocket, Operator, address_in
from firedoor.model.errors import ClientError
from firedoor.model.json import JsonObject


async def whoami(operator: Operator, _: JsonObject) -> JsonObject:
    return {"uid": operator.uid, "name": operator.name}


async def echo(_: Operator, said: JsonObject) -> JsonObject:
    return said


async def refuse(_: Operator, __: JsonObject) -> JsonObject:
    raise ClientError("not_so", "That cannot be done.", "Do this.")


VERBS = {"whoami": whoami, "echo": echo, "refuse": refuse}


def asked(folder: Path, *lines: bytes) -> list[JsonObject]:
    return asked_of(AdminSocket(folder, VERBS), folder, *lines)


def asked_of(admin: AdminSocket, folder: Path, *lines: bytes) -> list[JsonObject]:
    async def run() -> list[JsonObject]:
        await admin.open()
        try:
            with address_in(folder) as address:
                reader, writer = await asyncio.open_unix_connection(address)
            answers = []
            for line in lines:
                writer.write(line + b"\n")
                answers.append(json.loads(await reader.readline()))
            writer.close()
            await writer.wait_closed()
            return answers
        finally:
            await admin.close()

    return asyncio.run(run())


def test_the_kernel_says_who_asks(tmp_path: Path) -> None:
    [answer] = asked(tmp_path, b'{"do": "whoami"}')
    assert answer["answer"]["uid"] == os.getuid()


def test_several_questions_are_answered_in_order(tmp_path: Path) -> None:
    answers = asked(tmp_path, b'{"do": "echo", "with": {"n": 1}}', b'{"do": "echo", "with": {"n": 2}}')
    assert [answer["answer"] for answer in answers] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    "line", [b"", b"no", b"[]", b'{"with": {}}', b'{"do": 1}', b'{"do": "echo", "with": 1}']
)
def test_what_is_no_question_is_said_to_be_none(tmp_path: Path, line: bytes) -> None:
    [answer] = asked(tmp_path, line)
    assert answer["error"]["code"] == "question_unreadable"


def test_an_unknown_verb_is_said_to_be_unknown(tmp_path: Path) -> None:
    [answer] = asked(tmp_path, b'{"do": "fly"}')
    assert answer["error"]["code"] == "verb_unknown"


def test_what_cannot_be_done_is_answered_with_its_code_and_a_way_out(tmp_path: Path) -> None:
    [answer] = asked(tmp_path, b'{"do": "refuse"}')
    assert answer["error"] == {
        "code": "not_so",
        "message": "That cannot be done.",
        "hint": "Do this.",
        "class": "ClientError",
    }


def test_a_folder_with_a_long_path_works_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    [answer] = asked(deep, b'{"do": "echo", "with": {"n": 1}}')
    assert answer["answer"] == {"n": 1}


def test_only_the_owner_may_open_it_and_it_goes_away_at_the_end(tmp_path: Path) -> None:
    async def run() -> int:
        admin = AdminSocket(tmp_path, VERBS)
        (tmp_path / NAME).touch()
        await admin.open()
        mode = (tmp_path / NAME).stat().st_mode & 0o777
        await admin.close()
        return mode

    assert asyncio.run(run()) == 0o600
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize(("until_s", "is_done"), [(99.0, False), (101.0, True)])
def test_a_question_that_is_read_too_late_is_not_carried_out(
    tmp_path: Path, until_s: float, is_done: bool
) -> None:
    done: list[JsonObject] = []

    async def do(_: Operator, said: JsonObject) -> JsonObject:
        done.append(said)
        return said

    admin = AdminSocket(tmp_path, {"do": do}, clock=lambda: 100.0)
    line = json.dumps({"do": "do", "with": {"n": 1}, "until_s": until_s}).encode()
    [answer] = asked_of(admin, tmp_path, line)
    assert done == ([{"n": 1}] if is_done else [])
    assert is_done or answer["error"]["code"] == "question_late"
