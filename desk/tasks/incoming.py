"""What comes in: inboxes are read, and what they gave becomes tickets."""

from django.utils import timezone

from desk.actions.inboxes import expiry, poll, reconcile, streams
from desk.actions.intake import attachments, ingest, mailed_files
from desk.common.background import enqueue
from desk.tasks.named import task


@task
def claim_due_inboxes() -> None:
    for stream_id in poll.claim_due(timezone.now()):
        enqueue("desk.tasks.poll_stream", stream_id)


@task
def poll_stream(stream_id: int) -> None:
    poll.poll(stream_id, timezone.now())
    claim_due_inboxes()  # the place that is free now goes to the next in line, without waiting for beat


@task
def fetch_reconciliation(run_id: int) -> None:
    reconcile.carry_out(run_id, timezone.now())


@task
def sweep_reconciliations() -> None:
    """What nobody has begun, and what a killed worker left behind."""
    reconcile.sweep(timezone.now())


@task
def fetch_credential_ends() -> None:
    """When credentials end, asked of the networks once a day, and told beforehand."""
    now = timezone.now()
    expiry.ask_due(now)
    expiry.warn_due(now)


@task
def keep_up_streams() -> None:
    """Accounts that were connected before their connector learned to read something more."""
    streams.keep_up(timezone.now())


@task
def process_inbox(inbox_id: int) -> None:
    ingest.process(inbox_id, timezone.now())


@task
def sweep_raw_items() -> None:
    """What a killed worker left behind."""
    for inbox_id in ingest.waiting_inboxes(timezone.now()):
        enqueue("desk.tasks.process_inbox", inbox_id)


@task
def fetch_attachments() -> None:
    """Those of messages, and of mails that answer something of the desk."""
    while attachments.fetch_due(timezone.now()) + mailed_files.fetch_due(timezone.now()):
        pass


@task
def sweep_attachments() -> None:
    enqueue("desk.tasks.fetch_attachments")
