from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SlaConfig(AppConfig):
    name = "desk.sla"

    def ready(self) -> None:
        post_migrate.connect(_make_default, sender=self)


def _make_default(sender: AppConfig, **_more: Any) -> None:
    """After every migration, and after the tests have emptied the tables: there is always a policy."""
    from desk.sla.default import make_default

    make_default()
