"""Workers by their role: what they are told and can't do is said at once. That they work is shown by `test_up.py`."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest
from django.conf import settings

from desk import tasks, worker
from desk.celery import app


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (["poet"], "invalid choice: 'poet'"),
        (["ingest", "--at-once", "0"], "give a whole number from 1 to 256"),
        (["ingest", "--at-once", "many"], "give a whole number from 1 to 256"),
    ],
)
def test_what_a_worker_can_not_be_is_said(told: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        worker.main(told)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_workers_know_everything_that_the_schedule_sends_and_all_that_reads_as_a_task() -> None:
    app.loader.import_default_modules()
    app.finalize()
    sent = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    parts = [import_module(f"desk.tasks.{part.name}") for part in iter_modules(tasks.__path__) if part.name != "named"]
    written = {f"desk.tasks.{name}" for part in parts for name, made in vars(part).items() if _is_from(part, made)}
    assert (sent | written) - set(app.tasks) == set()
    assert len(sent) > 20


def _is_from(module: ModuleType, made: object) -> bool:
    return callable(made) and getattr(made, "__module__", "") == module.__name__
