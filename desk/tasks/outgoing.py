"""What leaves for a network, and who has to agree to it."""

from django.utils import timezone

from desk.actions.customers import network_blocking
from desk.actions.replies import approval, send
from desk.actions.statements import batch_run, next_updates, post_send
from desk.actions.tickets import moderate, private_threads
from desk.common.background import enqueue
from desk.replies import files, outbox
from desk.statements import outbox as posts
from desk.tasks.named import task


@task
def send_reply(reply_id: int) -> None:
    send.send(reply_id, timezone.now())


@task
def send_lookup(reply_id: int) -> None:
    send.look_up(reply_id, timezone.now())


@task
def sweep_outbox() -> None:
    """Replies whose time has come, whatever became of the hint that was sent for them."""
    now = timezone.now()
    send.give_up_on_stuck(now)
    for reply_id in outbox.due(now):
        enqueue("desk.tasks.send_reply", reply_id)
        enqueue("desk.tasks.send_lookup", reply_id)


@task
def send_action(message_id: int, action: str, actor_id: int) -> None:
    moderate.carry_out(message_id, action, actor_id, timezone.now())


@task
def send_network_block(block_id: int) -> None:
    network_blocking.carry_out(block_id, timezone.now())


@task
def send_handover(ticket_id: int, how: str, actor_id: int) -> None:
    private_threads.carry_out(ticket_id, how, actor_id, timezone.now())


@task
def send_read_mark(ticket_id: int) -> None:
    private_threads.carry_out_read(ticket_id)


@task
def send_post(post_id: int) -> None:
    post_send.send(post_id, timezone.now())


@task
def send_post_lookup(post_id: int) -> None:
    post_send.look_up(post_id, timezone.now())


@task
def sweep_posts() -> None:
    """Posts whose time has come, and those that a killed worker left behind."""
    now = timezone.now()
    post_send.give_up_on_stuck(now)
    for post_id in posts.due(now):
        enqueue("desk.tasks.send_post", post_id)
        enqueue("desk.tasks.send_post_lookup", post_id)


@task
def look_at_answers(batch_id: int) -> None:
    batch_run.prepare(batch_id, timezone.now())


@task
def sweep_answers() -> None:
    """Batches of answers go on, one ticket at a time in each inbox."""
    batch_run.sweep(timezone.now())


@task
def sweep_approvals() -> None:
    """Requests that the customer wrote past, and those that wait for a deputy."""
    approval.sweep(timezone.now())


@task
def remind_of_updates() -> None:
    """Next updates that statements have promised."""
    next_updates.remind_due(timezone.now())


@task
def forget_unsent_files() -> None:
    """What was attached and never sent."""
    now = timezone.now()
    while files.remove_expired(now):
        pass
