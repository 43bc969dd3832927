"""A listener that shows a certificate of the test's choice, or speaks what is no IMAP; for what happens before a login."""

import socket
import ssl
import threading
from types import TracebackType
from typing import Self

from tests.servers.tls import Certificate


class Listener:
    """Accepts on a free port of 127.0.0.1, shakes hands if it has a certificate, greets, and hears what is said."""

    def __init__(
        self, *, certificate: Certificate | None = None, greeting: bytes = b"* OK ready\r\n"
    ) -> None:
        self._greeting = greeting
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.cert, certificate.key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard = bytearray()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self._talk(connection)
                except OSError:
                    continue

    def _talk(self, connection: socket.socket) -> None:
        if self._context is None:
            self._hear(connection)
            return
        with self._context.wrap_socket(connection, server_side=True) as secure:
            self._hear(secure)

    def _hear(self, connection: socket.socket) -> None:
        connection.sendall(self._greeting)
        while data := connection.recv(4096):
            self.heard += data
