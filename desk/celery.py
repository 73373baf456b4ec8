"""The background workers. Tasks are hints for speed: the database holds the truth and sweeps find what was missed.

Queues: `fetch` talks to networks for reading, `send` for writing, `ingest` turns raw items into tickets, `default` is
the rest. A deployment gives each its own workers; one worker may serve all.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

app = Celery("desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["desk"])
