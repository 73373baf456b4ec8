"""`manage.py rotate_keys`: seal everything that is kept sealed with the newest key."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from desk.alerts.models import Webhook
from desk.common.encryption import Unsealable, reseal
from desk.crises.models import CrisisHook
from desk.inboxes.models import Inbox
from desk.people.models import audit

SEALED: tuple[tuple[type[Model], str], ...] = (
    (Inbox, "sealed_credentials"),
    (Webhook, "sealed_secret"),
    (CrisisHook, "sealed_secret"),
    (CrisisHook, "sealed_before"),
)


class Command(BaseCommand):
    help = (
        "Seals all credentials and the secrets of webhooks with the first key of DESK_CREDENTIAL_KEYS. Older keys can "
        "go afterwards."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, accounts, lost = 0, 0, []
        for row, column in _rows():
            before = bytes(getattr(row, column))
            try:
                after = reseal(before)
            except Unsealable:
                lost.append(f"{row} (id {row.pk})")
                continue
            # What somebody replaced in this very moment is sealed with the newest key already.
            unchanged = type(row)._default_manager.filter(pk=row.pk, **{column: before})
            with transaction.atomic():
                if unchanged.update(**{column: after}) and isinstance(row, Inbox):
                    audit(None, "inbox_resealed", row)
            accounts, sealed = accounts + isinstance(row, Inbox), sealed + 1
        others = f" and {sealed - accounts} secrets of webhooks" if sealed > accounts else ""
        self.stdout.write(
            f"Sealed with the newest key: {accounts} {'account' if accounts == 1 else 'accounts'}{others}."
        )
        if lost:
            raise CommandError(
                f"No known key opens the credentials of {', '.join(lost)}. "
                "Put the old key back behind the new one in DESK_CREDENTIAL_KEYS, or authorise these accounts again."
            )


def _rows() -> Iterator[tuple[Any, str]]:
    for model, column in SEALED:
        for row in model._default_manager.exclude(**{column: b""}).exclude(**{column: None}).only("name", column):
            yield row, column
