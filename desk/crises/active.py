"""The crises that are active, however many ask."""

from django.db.models import Exists

from desk.crises.models import Crisis


def active_crises() -> list[Crisis]:
    """All of them, the strictest first and of equals the older one. One query over a partial index."""
    rows = list(Crisis.objects.filter(state=Crisis.State.ACTIVE))
    return sorted(rows, key=lambda crisis: (-crisis.level, crisis.pk))


def some_crisis() -> Exists:
    """Whether there is one at all: a column more of a row that is read anyway, for a page that then need not ask."""
    return Exists(Crisis.objects.filter(state=Crisis.State.ACTIVE))
