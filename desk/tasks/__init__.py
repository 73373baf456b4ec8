"""What workers do, by name: ids in, one call out. Time is read here and handed on. Rules live elsewhere.

Names decide the queue (see CELERY_TASK_ROUTES): poll_ and fetch_ read networks, send_ writes to them, process_ turns
raw items into tickets.
"""

from desk.tasks import company, crises, incoming, knowledge, mailed, outgoing, tickets

__all__ = ["company", "crises", "incoming", "knowledge", "mailed", "outgoing", "tickets"]
