"""The background workers. Tasks are hints for speed: the database holds the truth and sweeps find what was missed.

Queues: `fetch` talks to networks for reading, `send` for writing, `ingest` turns raw items into tickets, `default` is
the rest. A deployment gives each its own workers; one worker may serve all.
"""

import gc
import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # `manage.py` makes them; here they would load every screen: 20 MB

app = Celery("desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["desk"])


@signals.worker_init.connect
def share_memory_with_children(**kwargs: object) -> None:
    """What is loaded by now stays shared with the pool's processes: the collector no longer writes to it."""
    gc.collect()
    gc.freeze()
