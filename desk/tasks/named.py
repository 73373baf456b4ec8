"""How a task is called."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from celery import shared_task
from celery.app.task import Task

P = ParamSpec("P")
R = TypeVar("R")


def task(function: Callable[P, R]) -> Task[P, R]:
    """A task by the name of its function alone: what stands in a queue finds it wherever in this folder it stands."""
    return shared_task(name=f"desk.tasks.{function.__name__}")(function)
