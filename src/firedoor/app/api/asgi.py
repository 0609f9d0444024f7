"""The JSON API under `/api/v1`: a small, strict ASGI app. Whoever asks shows a bearer token in each request.

Nothing here relies on where a request comes from: no cookie is read, a foreign Host or Origin is refused, and
a body is JSON that says what it is. Decides nothing about approvals or locks: handlers do.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from firedoor.app.api.document import ADDRESS, PREFIX, document
from firedoor.core.accept.strict_json import parse
from firedoor.model.errors import ClientError, FiredoorError
from firedoor.model.json import Json, JsonObject
from firedoor.model.limits import Limits

BODY_BYTES = 64 * 1024
"""Stops bodies from filling the memory. A reason fits."""
_DEPTH = 16
_UNAUTHENTICATED = 401
_STATUS = {
    "approver_unknown": 401,
    "approver_role": 403,
    "approver_locked": 403,
    "approval_forbidden": 403,
    "token_unknown": 401,
    "responder_role": 403,
    "responder_locked": 403,
    "lock_unknown": 404,
    "approval_unknown": 404,
    "permit_unknown": 404,
    "permit_over": 409,
    "approval_over": 409,
    "approval_outrun": 409,
}
"""By code of what cannot be done; 400 for other mistakes of the caller, 503 where the gateway cannot."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, accepted."""

    token: str = field(repr=False)
    peer: str
    name: str = ""
    """What stands in the place of `{}` in the address."""
    body: JsonObject = field(default_factory=dict[str, Json])

    def text(self, member: str) -> str:
        """A member of the body.

        Raises:
            ClientError: it is not there, or no text.
        """
        value = self.body.get(member)
        if not isinstance(value, str):
            raise ClientError("body_unusable", f'"{member}" is missing, or is no text.')
        return value


Handler: TypeAlias = Callable[[Asked], Awaitable[JsonObject]]
Routes: TypeAlias = Mapping[tuple[str, str], Handler]
"""By HTTP method and address below the prefix; `{}` stands for one name in it."""


@dataclass(frozen=True, slots=True)
class _No:
    """Why a request is not heard."""

    status: int
    code: str
    message: str
    hint: str = ""


class Api:
    """Answers requests below `/api/v1/`."""

    def __init__(self, limits: Limits, routes: Routes) -> None:
        self._limits = limits
        self._routes = routes
        self._document = document(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request to its answer."""
        status, told = await self._answer(scope, receive)
        body = msgspec.json.encode(told)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status == _UNAUTHENTICATED:
            headers.append((b"www-authenticate", b'Bearer realm="firedoor"'))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, JsonObject]:
        if scope["path"] == PREFIX + ADDRESS:
            return self._describe(scope)
        found = self._find(scope["method"], scope["path"].removeprefix(PREFIX))
        if isinstance(found, _No):
            return _refused(found)
        handler, name = found
        asked = await self._accept(scope, receive, name)
        if isinstance(asked, _No):
            return _refused(asked)
        try:
            return 200, await handler(asked)
        except ClientError as fault:
            status = _STATUS.get(fault.code, 400)
            return _refused(_No(status, fault.code, fault.message, fault.hint))
        except FiredoorError as fault:
            return _refused(_No(503, fault.code, fault.message, fault.hint))

    def _describe(self, scope: Scope) -> tuple[int, JsonObject]:
        """What can be asked. No secret: the reference says the same."""
        if scope["method"] != "GET":
            return _refused(_No(405, "verb", "Use GET."))
        no = self._foreign(dict(scope["headers"]))
        return (200, self._document) if no is None else _refused(no)

    def _find(self, verb: str, path: str) -> tuple[Handler, str] | _No:
        """The handler of an address, and the name in it."""
        parts = path.split("/")
        others: list[str] = []
        for (method, pattern), handler in self._routes.items():
            wanted = pattern.split("/")
            fits = len(parts) == len(wanted) and all(
                want in (part, "{}") and part for part, want in zip(parts, wanted, strict=True)
            )
            if fits and method == verb:
                named = [part for part, want in zip(parts, wanted, strict=True) if want == "{}"]
                return handler, named[0] if named else ""
            others += [method] if fits else []
        if others:
            return _No(405, "verb", f"Use {', '.join(sorted(others))}.")
        return _No(404, "address_unknown", "Nothing here.")

    async def _accept(self, scope: Scope, receive: Receive, name: str) -> "Asked | _No":
        headers: dict[bytes, bytes] = {}
        for header, value in scope["headers"]:
            if header in headers and header in _ONCE:
                return _No(400, "header_twice", f"The header {header.decode('latin-1')} was sent twice.")
            headers[header] = value
        if (no := self._foreign(headers)) is not None:
            return no
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _No(401, "approver_unknown", "Send Authorization: Bearer <token>.")
        body: JsonObject | _No = {} if scope["method"] == "GET" else await _body(headers, receive)
        if isinstance(body, _No):
            return body
        peer = scope.get("client") or ("", 0)
        return Asked(token=token.strip(), peer=str(peer[0]), name=name, body=body)

    def _foreign(self, headers: Mapping[bytes, bytes]) -> _No | None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self._limits.hosts:
            return _No(421, "unknown_host", "This Host is not served here.", "Add it to allowed_hosts.")
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").lower() not in self._limits.origins:
            return _No(403, "unknown_origin", "This Origin may not call.", "Add it to allowed_origins.")
        return None


_ONCE = frozenset({b"host", b"origin", b"authorization", b"content-type", b"content-length"})


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> JsonObject | _No:
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json":
        return _No(415, "content_type", "Send Content-Type: application/json.")
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or sum(map(len, parts)) > BODY_BYTES:
            return _No(413, "body_too_large", f"A body has at most {BODY_BYTES} bytes, and arrives whole.")
        if not message.get("more_body", False):
            break
    try:
        value = parse(b"".join(parts), _DEPTH)
    except ValueError as fault:
        return _No(400, "body_unusable", f"The body is no JSON: {fault}.")
    return value if isinstance(value, dict) else _No(400, "body_unusable", "The body is no JSON object.")


def _refused(no: _No) -> tuple[int, JsonObject]:
    return no.status, {"error": {"code": no.code, "message": no.message, "hint": no.hint}}
