"""Memory of each process of a desk at rest."""

import time

import psutil

from tests.benchmarks.tables import show
from tests.running.desk import RunningDesk

REST = 10.0  # seconds for everything to settle
OWN = {
    "web": "web",
    "network worker": "network-worker",
    "ingest worker": "ingest-worker",
    "beat": "beat",
}
BESIDE = {"sandbox networks": "connectors.sandbox", "PostgreSQL": "postgres", "Redis": "redis-server"}
MEGABYTE = 1_000_000


def test_memory(desk: RunningDesk) -> None:
    time.sleep(REST)
    rows, whole = [], 0.0
    for name, words in (*OWN.items(), *BESIDE.items()):
        sizes = [process.memory_full_info() for process in desk.processes(words)]
        assert sizes, f"no {name} runs"
        rss, pss = sum(size.rss for size in sizes) / MEGABYTE, sum(size.pss for size in sizes) / MEGABYTE
        if name in OWN:
            whole += pss
        rows.append((name, str(len(sizes)), f"{rss:,.0f} MB", f"{pss:,.0f} MB"))
    first_child = desk.processes(OWN["web"])[0]
    supervisor = psutil.Process(first_child.ppid()).memory_full_info()
    whole += supervisor.pss / MEGABYTE
    rows.append(("manage.py up", "1", f"{supervisor.rss / MEGABYTE:,.0f} MB", f"{supervisor.pss / MEGABYTE:,.0f} MB"))
    rows.append(("the application, goal ≤ 400 MB", "", "", f"{whole:,.0f} MB"))
    show("Memory at rest", rows, ("process", "number", "RSS", "PSS"))
