"""An HTTP request as it reached the gateway, before anything is believed about it."""

from firedoor.model.frozen import frozen


@frozen(kw_only=True)
class Arrival:
    """The head of a request. The body is read later, when the head was accepted."""

    verb: str
    """HTTP method, upper case."""
    upstream: str
    """From the path `/mcp/<upstream>`, as received."""
    headers: tuple[tuple[bytes, bytes], ...]
    """As received, in order, names in lower case. Duplicates are kept: they are evidence."""
    query: bytes
    peer: str
    """Network address of the connection, without port."""
    at_us: int
