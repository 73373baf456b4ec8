from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "desk.operations"

    def ready(self) -> None:
        """Makes ours the current Celery app in each process that has Django, the web included; and they keep little."""
        from desk.celery import app
        from desk.common.memory import give_back_what_is_large

        app.set_default()
        give_back_what_is_large()
