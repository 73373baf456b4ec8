"""A network on a real socket that says exactly what a test tells it to, and remembers what it was asked."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors import http


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Said:
    """One answer. `fault`: "hang" (none), "drop" (hangs up), "cut" (half a body), "dribble" (a byte at a time)."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def encoded(self) -> tuple[bytes, dict[str, str]]:
        if isinstance(self.body, bytes):
            return self.body, self.headers
        return json.dumps(self.body).encode(), {"Content-Type": "application/json; charset=utf-8", **self.headers}


Script = Callable[[Asked], Said]


class Wire:
    """Queue answers with `say`, or give a function that makes them with `answer_with`; read `asked` afterwards."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[Asked] = []
        self._queue: list[Said] = []
        self._script: Script | None = None
        self.released = threading.Event()
        self.connections = 0

    def say(self, body: Any = None, status: int = 200, fault: str = "", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._queue.append(Said(body, status, named, fault))

    def answer_with(self, script: Script) -> None:
        self._script = script

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if self._script is not None:
            return self._script(asked)
        return self._queue.pop(0) if self._queue else Said({"error": {"message": "the test did not expect this"}}, 500)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes, and the second would wait 40 ms for the first
    wire: Wire

    def setup(self) -> None:
        super().setup()
        self.wire.connections += 1

    def _serve(self) -> None:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, split.path, dict(parse_qsl(split.query, keep_blank_values=True)), headers, body)
        said = self.wire.answer(asked)
        if said.fault == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if said.fault == "hang":
            self.wire.released.wait(20)
            self.close_connection = True
            return
        content, headers_out = said.encoded()
        self.send_response_only(said.status)  # without a Date of its own
        for name, value in headers_out.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if said.fault == "cut":
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif said.fault == "dribble":
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, *args: Any) -> None:
        """Tests read `asked` instead."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """A client that gave up is what some tests are about."""


def _hang_up(address: str) -> None:
    """Connectors keep a connection to each address for the next call; of a thousand tests they would all stay."""
    for target in [one for one in http._adapters if one.startswith(address)]:
        http._adapters.pop(target).close()


@contextmanager
def running_wire() -> Iterator[Wire]:

    class Handler(_Handler):
        """Of this wire only."""

    server = _Server(("127.0.0.1", 0), Handler)
    wire = Wire(f"http://127.0.0.1:{server.server_port}")
    Handler.wire = wire
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.released.set()
        _hang_up(wire.address)
        server.shutdown()
        server.server_close()
        thread.join(5)
