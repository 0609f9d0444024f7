"""The text of an HTTP request to one upstream.

Only MCP's own headers pass; a client's Authorization or Cookie does not, whoever asked for it. What the
endpoint's credentials say cannot be overridden.
"""

from firedoor.edges.outbound.endpoint import HttpEndpoint, split_url
from firedoor.model.errors import UpstreamError

_ALLOWED = frozenset(
    {"accept", "content-type", "last-event-id", "traceparent", "tracestate", "baggage"},
)
_PREFIX = "mcp-"
_VERBS = frozenset({"POST", "GET", "DELETE"})


class RequestText:
    """Writes requests to one endpoint."""

    def __init__(self, endpoint: HttpEndpoint) -> None:
        self.origin, self.path = split_url(endpoint.url)
        self._credentials = frozenset(name.lower() for name, _ in endpoint.headers)
        own = (("Host", self.origin.authority), ("User-Agent", "firedoor"), ("Accept-Encoding", "identity"))
        given = [*((n, v) for n, v in own if n.lower() not in self._credentials), *endpoint.headers]
        self._fixed = "".join(f"{name}: {value}\r\n" for name, value in given)

    def head(self, verb: str, path: str, headers: tuple[tuple[str, str], ...], length: int) -> bytes:
        """Return the head of a request with a body of `length` bytes.

        Raises:
            UpstreamError: a header's value would not stay one line of ASCII.
        """
        if verb not in _VERBS:
            raise UpstreamError("upstream_protocol", f"{verb} is no verb of MCP")
        lines = [f"{verb} {path} HTTP/1.1\r\n{self._fixed}"]
        names: set[str] = set()
        for name, value in headers:
            lower = name.lower()
            if (lower in _ALLOWED or lower.startswith(_PREFIX)) and lower not in self._credentials:
                names.add(lower)
                lines.append(f"{name}: {value}")
        self._check(lines)
        if "accept" not in names and "accept" not in self._credentials:
            lines.append("Accept: application/json, text/event-stream")
        if verb == "POST":
            if "content-type" not in names:
                lines.append("Content-Type: application/json")
            lines.append(f"Content-Length: {length}")
        lines[0] = lines[0].removesuffix("\r\n")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")

    @staticmethod
    def _check(lines: list[str]) -> None:
        """Refuse a line break: it would begin a header, or a request, of the client's choosing."""
        joined = "".join(lines[1:])
        if joined.isascii() and joined.isprintable():
            return  # so is each of them
        for line in lines[1:]:
            if not line.isascii() or not line.isprintable():
                name = line.partition(":")[0]
                raise UpstreamError("upstream_protocol", f"the header {name!a} cannot be sent")
