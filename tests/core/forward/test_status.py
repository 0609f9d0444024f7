"""An error that came without an HTTP status gets the one that its code stands for."""

import pytest

from firedoor.core.forward.status import status_of_error


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (b"-32021", 400),
        (b"-32602", 400),
        (b"-32601", 404),
        (b"-32603", 200),
        (b"7001", 200),
    ],
)
def test_a_code_decides_the_status(code: bytes, status: int) -> None:
    assert status_of_error(b'{"id":1,"error":{"code":' + code + b',"message":"m"}}') == status


@pytest.mark.parametrize(
    "error", [b"{}", b"null", b'"x"', b'{"code":"x"}', b'{"code":1e400}', b'{"code":"\xff"}']
)
def test_an_odd_error_is_passed_on_as_it_is(error: bytes) -> None:
    assert status_of_error(b'{"id":1,"error":' + error + b"}") == 200
