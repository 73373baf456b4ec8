from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "desk.operations"

    def ready(self) -> None:
        """Makes ours the current Celery app in each process that has Django, the web included."""
        from desk.celery import app

        app.set_default()
