"""Many requests at once, cheaply: the clients share two cores with what they measure."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit


def request(url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request, ready for the wire."""
    parts = urlsplit(url)
    lines = [f"{method} {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send_all(url: str, requests: Sequence[bytes], clients: int) -> tuple[list[float], float]:
    """Send every request over `clients` open lines; seconds of each answer, and of all together.

    Each line waits for its answer before it asks again. AssertionError for any answer but 200.
    """
    return asyncio.run(_send_all(url, requests, clients))


async def _send_all(url: str, requests: Sequence[bytes], clients: int) -> tuple[list[float], float]:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    waiting, taken = iter(requests), []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for message in waiting:
            started = time.perf_counter()
            writer.write(message)
            status = await _answer(reader)
            taken.append(time.perf_counter() - started)
            assert status == 200, f"answered {status}"
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return taken, time.perf_counter() - started


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"content-length" in fields:
        await reader.readexactly(int(fields[b"content-length"]))
    elif fields.get(b"transfer-encoding") == b"chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split(b" ", 2)[1])
