from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AlertsConfig(AppConfig):
    name = "desk.alerts"

    def ready(self) -> None:
        post_migrate.connect(_make_default, sender=self)


def _make_default(sender: AppConfig, **_more: Any) -> None:
    """After every migration, and after the tests have emptied the tables: there is always a chain."""
    from desk.alerts.chains import make_default

    make_default()
