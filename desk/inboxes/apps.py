from django.apps import AppConfig


class InboxesConfig(AppConfig):
    name = "desk.inboxes"
