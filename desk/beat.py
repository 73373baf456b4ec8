"""The clock: sends what the schedule says, by name. `celery -A desk.beat beat`.

An app of its own without Django and without the tasks: it needs neither, and is a third of the size for it.
"""

from celery import Celery

app = Celery("desk", fixups=[])
app.config_from_object("desk.settings", namespace="CELERY")
