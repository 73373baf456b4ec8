"""Balie, the Django project. Read it from the bottom up: people, inboxes, tickets, replies and sla, then actions."""

from desk.celery import app as celery_app

__all__ = ["celery_app"]
