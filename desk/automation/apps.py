from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AutomationConfig(AppConfig):
    name = "desk.automation"

    def ready(self) -> None:
        post_migrate.connect(_make_first, sender=self)


def _make_first(sender: AppConfig, **_more: Any) -> None:
    """After every migration, and after the tests have emptied the tables: a version is always active."""
    from desk.automation.active import make_first

    make_first()
