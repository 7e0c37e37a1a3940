"""Socket of a server, opened before the tagger is loaded."""

import socket

from labelsphere.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """Open a socket to listen on.

    Args:
        host: Address or host name.
        port: Port; 0 takes a free one.

    Raises:
        UsageError: If the address is unknown, or the port is in use or not permitted.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        # Clients that connect before the tagger is loaded wait instead of being refused.
        opened.listen(1024)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); give another --host or "
            "--port, 0 for a free one"
        ) from error
    return opened
