"""Replies that left, and what-ifs over them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from desk.actions.rulebooks import rulebooks, what_if, what_if_run
from desk.people.models import User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion, WhatIf, WhatIfCount
from desk.tickets.models import Ticket
from policies.signature import sign

FINE = "Wat vervelend, we zoeken het voor je uit."
SHORT = "Kijk even op https://bit.ly/abc voor de tijden."
PHONE = "Bel ons gerust terug op 06-12345678 vandaag."
STRICT: dict[str, Any] = {
    "rules": {
        "links.shortener": {"severity": "block"},
        "personal_data.phone": {"enabled": False},
        "phrases.banned": {"phrases": ["gerust"]},
    }
}


def sent(ticket: Ticket, author: User, text: str, *, ago: timedelta = timedelta(hours=1), **columns: Any) -> Reply:
    """A reply that left, so long ago."""
    at = timezone.now() - ago
    number = Reply.objects.count()
    return Reply.objects.create(**{
        "ticket": ticket, "author": author, "visibility": "public", "text": text, "state": "sent",
        "signed_text": sign(text, f"^{author.signature}"), "idempotency_key": f"key {number}", "submitted_at": at,
        "next_attempt_at": at, "sent_at": at, "rulebook_version_id": in_force().version_id, **columns,
    })  # fmt: skip


def a_draft(author: User, document: dict[str, Any] | None = None) -> RulebookVersion:
    return rulebooks.write_draft(author, document=STRICT if document is None else document)


def asked(author: User, number: int, *, days: int = 7, now: datetime | None = None) -> WhatIf:
    return what_if.ask_about_replies(author, number, days=days, now=now)


def answered(run: WhatIf) -> WhatIf:
    """The run, once workers have done all of it."""
    while what_if_run.go_on(run.pk, timezone.now()):
        pass
    run.refresh_from_db()
    return run


def figures(run: WhatIf, kind: str, name: str = "") -> dict[str, int]:
    """Those that are not 0."""
    count = WhatIfCount.objects.get(run=run, kind=kind, name=name)
    return {figure: value for figure in WhatIfCount.FIGURES if (value := getattr(count, figure))}
