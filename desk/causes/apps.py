from django.apps import AppConfig


class CausesConfig(AppConfig):
    name = "desk.causes"
