"""A remote engine: the engine of this machine, reached over TCP."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import ssl
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def engine_over_tcp(tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve the engine's socket on a port of the loopback interface, as a remote engine would be."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as engine:
                client = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                engine.connect("/var/run/docker.sock")
                with client:
                    _relay(client, engine)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Relay) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _relay(client: socket.socket, engine: socket.socket) -> None:
    """Pass on what each says, until the engine has said everything."""
    talking = [client, engine]
    while engine in talking:
        decrypted = isinstance(client, ssl.SSLSocket) and client.pending()
        for speaker in [client] if decrypted else select.select(talking, (), ())[0]:
            piece = speaker.recv(65536)
            if piece:
                (engine if speaker is client else client).sendall(piece)
            else:
                talking.remove(speaker)
                if speaker is client:
                    engine.shutdown(socket.SHUT_WR)
