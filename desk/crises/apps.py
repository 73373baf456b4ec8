from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CrisesConfig(AppConfig):
    name = "desk.crises"

    def ready(self) -> None:
        post_migrate.connect(_make_first, sender=self)


def _make_first(sender: AppConfig, **_more: Any) -> None:
    """After every migration, and after the tests have emptied the tables: a plan is always active."""
    from desk.crises.plans import make_first, plan_of

    plan_of.cache_clear()  # versions that are gone
    make_first()
