from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "desk.web"

    def ready(self) -> None:
        """Hear what the door tells, also before anybody has come through it."""
        from desk.web import adapters  # noqa: F401 its receivers are wanted
