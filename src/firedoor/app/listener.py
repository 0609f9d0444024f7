"""Opens the address that clients call. Accepts nothing itself; says in words why an address cannot be had."""

import errno
import socket

from firedoor.model.errors import SettingsError

BACKLOG = 4096
"""Connections that wait to be accepted: a crowd that comes back at once after a restart finds room."""

_WHY = {
    errno.EADDRINUSE: ("another program has it", "End that program (another gateway?), or change `listen`."),
    errno.EACCES: (
        "ports below 1024 are not for everybody",
        "Change `listen`, and let a proxy in front have that port.",
    ),
    errno.EADDRNOTAVAIL: ("this machine has no such address", "Change `listen`."),
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, and does not block.

    Raises:
        SettingsError: nothing can listen there; the message says why.
    """
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    # With a protocol number given, the loop sets TCP_NODELAY on what it accepts; with 0 it does not.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((bare, port))
        listener.listen(BACKLOG)
    except OSError as fault:
        listener.close()
        why, hint = _WHY.get(fault.errno or 0, (fault.strerror or type(fault).__name__, "Change `listen`."))
        raise SettingsError(
            "listen_unusable", f"Nothing can listen on {host}:{port}: {why}.", hint
        ) from fault
    listener.setblocking(False)
    return listener
