"""A PostgreSQL and a Redis of the tests' own, on the real programs, gone when the tests are."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from desk.operations.embedded import Postgres, Redis
from desk.operations.processes import Child
from tests import cluster
from tests.servers import PATIENCE, started


class Services:
    """Both servers on a temporary folder. Killed with the process that started them, however that ends."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="balie-tests-"))
        self._folder.chmod(0o711)
        self.postgres = Postgres(self._folder / "postgres")
        self.redis = Redis.on(self._folder / "redis")
        self._children: list[Child] = []

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.redis.url

    def start(self) -> Self:
        cluster.copy_to(self.postgres.folder)
        program = self.postgres.program()
        quicker = ("-c", "fsync=off", "-c", "full_page_writes=off")  # a test's data need not survive the machine
        program = replace(program, command=(*program.command, *quicker))
        self._children.append(started(program, self.postgres.is_ready, self._folder))
        self._children.append(started(self.redis.program(), self.redis.is_ready, self._folder))
        return self

    def stop(self) -> None:
        for child in reversed(self._children):
            child.stop(PATIENCE)
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
