"""The owner of an article is told when the day of its review has come."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from desk.alerts.notices import Notice, notify
from desk.knowledge.models import Article

BATCH = 500


def tell_owners(now: datetime) -> int:
    """Each once for each date that is set; how many. Whoever marks the row writes the notice, in one transaction."""
    due = Article.objects.filter(review_told=False, review_on__lte=timezone.localdate(now)).order_by("review_on")
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        Article.objects.filter(pk__in=[one.pk for one in rows]).update(review_told=True)
        notices = [
            Notice(one.owner_id, "article_review", params={"name": one.title, "article": one.pk})
            for one in rows
            if one.owner_id is not None
        ]
        notify(notices, now)
    return len(rows)
