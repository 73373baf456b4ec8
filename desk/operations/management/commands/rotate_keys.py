"""`manage.py rotate_keys`: seal every account's credentials with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from desk.common.encryption import Unsealable, reseal
from desk.inboxes.models import Inbox
from desk.people.models import audit


class Command(BaseCommand):
    help = "Seals all credentials with the first key of DESK_CREDENTIAL_KEYS. Older keys can go afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, lost = 0, []
        for inbox in Inbox.objects.exclude(sealed_credentials=b"").only("id", "name", "sealed_credentials"):
            before = bytes(inbox.sealed_credentials)
            try:
                after = reseal(before)
            except Unsealable:
                lost.append(f"{inbox.name} (id {inbox.pk})")
                continue
            # Credentials that somebody replaced in this very moment are sealed with the newest key already.
            unchanged = Inbox.objects.filter(pk=inbox.pk, sealed_credentials=before)
            with transaction.atomic():
                if unchanged.update(sealed_credentials=after):
                    audit(None, "inbox_resealed", inbox)
            sealed += 1
        self.stdout.write(f"Sealed with the newest key: {sealed} {'account' if sealed == 1 else 'accounts'}.")
        if lost:
            raise CommandError(
                f"No known key opens the credentials of {', '.join(lost)}. "
                "Put the old key back behind the new one in DESK_CREDENTIAL_KEYS, or authorise these accounts again."
            )
