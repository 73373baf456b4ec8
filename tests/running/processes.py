"""Processes of a desk, by the names that its supervisor gives them."""

import psutil

_COMMANDS = {  # where each is a program of its own; a copy of the supervisor has its command line and a name
    "web": "desk.asgi:application",
    "network-worker": "desk.worker network",
    "ingest-worker": "desk.worker ingest",
    "beat": "desk.beat",
    "sandbox": "connectors.sandbox",
    "postgres": "/postgres ",
    "redis": "redis-server",
}
WORKERS = ("network-worker", "ingest-worker")


def is_called(process: psutil.Process, name: str) -> bool:
    """False also for one that has ended."""
    try:
        return process.name() == name or _COMMANDS.get(name, name) in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
