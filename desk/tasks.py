"""What workers do, by name: ids in, one call out. Time is read here and handed on. Rules live elsewhere.

Names decide the queue (see CELERY_TASK_ROUTES): poll_ and fetch_ read networks, send_ writes to them, process_ turns
raw items into tickets.
"""

from celery import shared_task
from django.utils import timezone

from desk.actions import (
    approval,
    assignment,
    attachments,
    batch_run,
    canned_reviews,
    clock_sweep,
    crises,
    crisis_messages,
    crisis_routing,
    crisis_search,
    erasure_run,
    escalation,
    ingest,
    listening_in,
    mails,
    moderate,
    next_updates,
    notices,
    poll,
    post_send,
    report_mails,
    reports,
    retention_run,
    send,
    sla_change,
    tickets,
    topic_history,
    watching,
    webhook_calls,
    what_if_run,
)
from desk.alerts import outbox as alert_outbox
from desk.alerts.models import CrisisMessage, Mail, ReportMail, WebhookCall
from desk.common.background import enqueue
from desk.common.live import client
from desk.replies import files, outbox
from desk.signals import counting
from desk.statements import outbox as posts

HEARTBEAT_SECONDS = 60


@shared_task
def claim_due_inboxes() -> None:
    for stream_id in poll.claim_due(timezone.now()):
        enqueue("desk.tasks.poll_stream", stream_id)


@shared_task
def poll_stream(stream_id: int) -> None:
    poll.poll(stream_id, timezone.now())
    claim_due_inboxes()  # the place that is free now goes to the next in line, without waiting for beat


@shared_task
def process_inbox(inbox_id: int) -> None:
    ingest.process(inbox_id, timezone.now())


@shared_task
def sweep_raw_items() -> None:
    """What a killed worker left behind."""
    for inbox_id in ingest.waiting_inboxes(timezone.now()):
        enqueue("desk.tasks.process_inbox", inbox_id)


@shared_task
def fetch_attachments() -> None:
    while attachments.fetch_due(timezone.now()):
        pass


@shared_task
def sweep_attachments() -> None:
    enqueue("desk.tasks.fetch_attachments")


@shared_task
def forget_unsent_files() -> None:
    """What was attached and never sent."""
    now = timezone.now()
    while files.remove_expired(now):
        pass


@shared_task
def send_reply(reply_id: int) -> None:
    send.send(reply_id, timezone.now())


@shared_task
def send_lookup(reply_id: int) -> None:
    send.look_up(reply_id, timezone.now())


@shared_task
def send_action(message_id: int, action: str, actor_id: int) -> None:
    moderate.carry_out(message_id, action, actor_id, timezone.now())


@shared_task
def sweep_outbox() -> None:
    """Replies whose time has come, whatever became of the hint that was sent for them."""
    now = timezone.now()
    send.give_up_on_stuck(now)
    for reply_id in outbox.due(now):
        enqueue("desk.tasks.send_reply", reply_id)
        enqueue("desk.tasks.send_lookup", reply_id)


@shared_task
def send_post(post_id: int) -> None:
    post_send.send(post_id, timezone.now())


@shared_task
def send_post_lookup(post_id: int) -> None:
    post_send.look_up(post_id, timezone.now())


@shared_task
def sweep_posts() -> None:
    """Posts whose time has come, and those that a killed worker left behind."""
    now = timezone.now()
    post_send.give_up_on_stuck(now)
    for post_id in posts.due(now):
        enqueue("desk.tasks.send_post", post_id)
        enqueue("desk.tasks.send_post_lookup", post_id)


@shared_task
def remind_of_updates() -> None:
    """Next updates that statements have promised."""
    next_updates.remind_due(timezone.now())


@shared_task
def sweep_approvals() -> None:
    """Requests that the customer wrote past, and those that wait for a deputy."""
    approval.sweep(timezone.now())


@shared_task
def sweep_clocks() -> None:
    clock_sweep.sweep(timezone.now())


@shared_task
def renew_open_clocks() -> None:
    """Where a change of policies or a crisis also holds for what is open."""
    sla_change.renew_open_clocks(timezone.now())


@shared_task
def lapse_crises() -> None:
    """Level 3 that nobody confirmed in time."""
    crises.lapse_due(timezone.now())


@shared_task
def search_for_crises() -> None:
    """Tickets that were there before a crisis was."""
    crisis_search.search(timezone.now())


@shared_task
def watch_streams() -> None:
    """Whether more is said than is normal, or nothing at all."""
    now = timezone.now()
    topic_history.count_back(now)
    watching.watch(now)
    listening_in.look(now)


@shared_task
def forget_counts() -> None:
    counting.forget(timezone.now())


@shared_task
def look_at_answers(batch_id: int) -> None:
    batch_run.prepare(batch_id, timezone.now())


@shared_task
def sweep_answers() -> None:
    """Batches of answers go on, one ticket at a time in each inbox."""
    batch_run.sweep(timezone.now())


@shared_task
def route_crisis_tickets() -> None:
    """Tickets of crises whose plan names a team."""
    crisis_routing.route(timezone.now())


@shared_task
def assign_tickets(team_id: int) -> None:
    assignment.assign(team_id, timezone.now())


@shared_task
def sweep_assignment() -> None:
    """What found nobody before, and what people who went away have left behind."""
    assignment.sweep(timezone.now())


@shared_task
def send_mails() -> None:
    while mails.send_due(timezone.now()):
        pass


@shared_task
def send_report_mails() -> None:
    while report_mails.send_due(timezone.now()):
        pass


@shared_task
def send_webhook_calls() -> None:
    while webhook_calls.send_due(timezone.now()):
        pass


@shared_task
def run_escalations() -> None:
    """Chains of crises whose next step is due."""
    escalation.run_due(timezone.now())


@shared_task
def send_crisis_messages(means: str) -> None:
    while crisis_messages.send_due(means, timezone.now()):
        pass


@shared_task
def sweep_crisis_messages() -> None:
    """Words of a crisis whose time has come, whatever became of the hint, and those that a killed worker left."""
    now = timezone.now()
    alert_outbox.release_stuck(CrisisMessage, now)
    for means in crisis_messages.waiting(now):
        enqueue("desk.tasks.send_crisis_messages", means)


@shared_task
def sweep_mails() -> None:
    """Mails and calls whose time has come, whatever became of the hint, and those that a killed worker left."""
    now = timezone.now()
    for kind, task in (
        (Mail, "desk.tasks.send_mails"),
        (ReportMail, "desk.tasks.send_report_mails"),
        (WebhookCall, "desk.tasks.send_webhook_calls"),
    ):
        alert_outbox.release_stuck(kind, now)
        if alert_outbox.is_due(kind, now):
            enqueue(task)


@shared_task
def sweep_canned_reviews() -> None:
    """Canned responses that somebody should read again."""
    canned_reviews.tell_owners(timezone.now())


@shared_task
def forget_notices() -> None:
    notices.forget_old(timezone.now())


@shared_task
def wake_snoozed() -> None:
    tickets.wake(timezone.now())


@shared_task
def count_reports() -> None:
    reports.count_changes()


@shared_task
def answer_what_if(run_id: int) -> None:
    what_if_run.answer(run_id, timezone.now())


@shared_task
def sweep_what_ifs() -> None:
    """Those that a killed worker left behind."""
    what_if_run.take_over(timezone.now())


@shared_task
def forget_what_ifs() -> None:
    what_if_run.forget_old(timezone.now())


@shared_task
def erase_customer(erasure_id: int) -> None:
    erasure_run.erase(erasure_id, timezone.now())


@shared_task
def sweep_erasures() -> None:
    """Those that a killed worker left behind."""
    erasure_run.take_over(timezone.now())


@shared_task
def apply_retention() -> None:
    """What has been kept as long as it should be, once a day."""
    retention_run.go_on(timezone.now())


@shared_task
def sweep_report_mails() -> None:
    """Saved reports that somebody gets by e-mail and whose hour has come."""
    report_mails.queue_due(timezone.now())


@shared_task
def heartbeat() -> None:
    """Started by beat, run by a worker: when this key is fresh, both live."""
    client().set("desk:heartbeat", timezone.now().isoformat(), ex=HEARTBEAT_SECONDS)
