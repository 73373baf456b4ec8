"""What workers do, by name: ids in, one call out. Time is read here and handed on. Rules live elsewhere.

Names decide the queue (see CELERY_TASK_ROUTES): poll_ and fetch_ read networks, send_ writes to them, process_ turns
raw items into tickets.
"""

from celery import shared_task
from django.utils import timezone

from desk.actions.alerts import mails, notices, webhook_calls
from desk.actions.automation import firing
from desk.actions.automation import log as automation_log
from desk.actions.causes import digest_mails
from desk.actions.changes import change_sweep
from desk.actions.crises import crises, crisis_messages, crisis_routing, crisis_search, escalation
from desk.actions.customers import erasure_run, network_blocking, retention_run
from desk.actions.drills import drill_player
from desk.actions.forms import form_mails
from desk.actions.inboxes import expiry, poll, reconcile, streams
from desk.actions.intake import attachments, ingest
from desk.actions.knowledge import article_reviews, gaps, suggesting
from desk.actions.questions import question_sweep
from desk.actions.replies import approval, canned_reviews, send
from desk.actions.reports import report_mails, reports
from desk.actions.rulebooks import what_if_run
from desk.actions.signals import listening_in, topic_history, watching
from desk.actions.sla import clock_sweep, sla_change
from desk.actions.statements import batch_run, next_updates, post_send
from desk.actions.tickets import assignment, moderate, private_threads, tickets
from desk.alerts import outbox as alert_outbox
from desk.alerts.models import DigestMail, FormMail, Mail, ReportMail, WebhookCall
from desk.common.background import enqueue
from desk.common.live import client
from desk.knowledge import counting as words_of_texts
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
def fetch_reconciliation(run_id: int) -> None:
    reconcile.carry_out(run_id, timezone.now())


@shared_task
def sweep_reconciliations() -> None:
    """What nobody has begun, and what a killed worker left behind."""
    reconcile.sweep(timezone.now())


@shared_task
def fetch_credential_ends() -> None:
    """When credentials end, asked of the networks once a day, and told beforehand."""
    now = timezone.now()
    expiry.ask_due(now)
    expiry.warn_due(now)


@shared_task
def keep_up_streams() -> None:
    """Accounts that were connected before their connector learned to read something more."""
    streams.keep_up(timezone.now())


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
def send_network_block(block_id: int) -> None:
    network_blocking.carry_out(block_id, timezone.now())


@shared_task
def send_handover(ticket_id: int, how: str, actor_id: int) -> None:
    private_threads.carry_out(ticket_id, how, actor_id, timezone.now())


@shared_task
def send_read_mark(ticket_id: int) -> None:
    private_threads.carry_out_read(ticket_id)


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
def switch_on_planned_changes() -> None:
    change_sweep.switch_on_planned(timezone.now())


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
def sweep_questions() -> None:
    """Questions to colleagues: reminders, deputies, and those that nobody has answered."""
    question_sweep.sweep(timezone.now())


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
def play_drill() -> None:
    """Customers of the drill that runs write when it is their turn."""
    drill_player.play(timezone.now())


@shared_task
def sweep_drills() -> None:
    """Reminders, drills to start and to end, and what they left in the queue."""
    drill_player.sweep(timezone.now())


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
def send_digest_mails() -> None:
    while digest_mails.send_due(timezone.now()):
        pass


@shared_task
def send_form_mails() -> None:
    """Answers to what came by a form, to customers who left an address."""
    while form_mails.send_due(timezone.now()):
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
    crisis_messages.give_up_on_stuck(now)
    for means in crisis_messages.waiting(now):
        enqueue("desk.tasks.send_crisis_messages", means)


@shared_task
def sweep_mails() -> None:
    """Mails and calls whose time has come, whatever became of the hint, and those that a killed worker left."""
    now = timezone.now()
    for kind, task in (
        (Mail, "desk.tasks.send_mails"),
        (ReportMail, "desk.tasks.send_report_mails"),
        (DigestMail, "desk.tasks.send_digest_mails"),
        (FormMail, "desk.tasks.send_form_mails"),
        (WebhookCall, "desk.tasks.send_webhook_calls"),
    ):
        alert_outbox.release_stuck(kind, now)
        if alert_outbox.is_due(kind, now):
            enqueue(task)


@shared_task
def sweep_article_reviews() -> None:
    """Articles that somebody should read again."""
    article_reviews.tell_owners(timezone.now())


@shared_task
def suggest_articles() -> None:
    """What was answered lately becomes suggestions."""
    suggesting.sweep(timezone.now())


@shared_task
def find_gaps() -> None:
    """What customers ask about and nothing is written of."""
    gaps.find_gaps(timezone.now())


@shared_task
def count_words() -> None:
    """How rare words are, for the ranking of what is found."""
    words_of_texts.count_words()


@shared_task
def run_automation() -> None:
    """What has happened, and what time has brought, sets rules off."""
    firing.run(timezone.now())


@shared_task
def forget_firings() -> None:
    automation_log.forget_old(timezone.now())


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
    """Saved reports and digests that somebody gets by e-mail and whose hour has come."""
    report_mails.queue_due(timezone.now())
    digest_mails.queue_due(timezone.now())


@shared_task
def heartbeat() -> None:
    """Started by beat, run by a worker: when this key is fresh, both live."""
    client().set("desk:heartbeat", timezone.now().isoformat(), ex=HEARTBEAT_SECONDS)
