from django.apps import AppConfig


class WallboardsConfig(AppConfig):
    name = "desk.wallboards"
