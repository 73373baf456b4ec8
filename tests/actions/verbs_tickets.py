"""What is done with a ticket and its customer."""

from datetime import timedelta

from django.utils import timezone

from desk.actions.customers import blocking, masking, muting, network_blocking, same_person, tiers
from desk.actions.forms import form_links
from desk.actions.intake import found, sentiment, set_aside
from desk.actions.questions import questions
from desk.actions.replies import kept
from desk.actions.tickets import bulk, looking, moderate, notes, private_threads, splitting, tickets
from desk.people.permissions import Permission
from desk.tickets.models import Conversation, Message
from tests.actions.scene import Scene, Verb


def _below_ours(scene: Scene) -> int:
    """The message, as an answer to a post of the company."""
    thread, now = scene.message.conversation, timezone.now()
    Conversation.objects.filter(pk=thread.pk).update(thread_id="ours")
    facts = {"conversation": thread, "outgoing": True, "created_at": now, "received_at": now}
    Message.objects.get_or_create(inbox=scene.inbox, external_id="ours", defaults=facts)
    return scene.message.pk


VERBS: dict[str, Verb] = {
    "sentiment.correct": Verb(
        Permission.WORK_TICKETS, lambda me, s: sentiment.correct(me, s.message.pk, "negative"), ["sentiment_corrected"]
    ),
    "kept.show_deleted": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.show_deleted(me, s.deleted().pk), ["deleted_shown"]
    ),
    "masking.unmask": Verb(
        Permission.UNMASK, lambda me, s: masking.unmask(me, s.message.pk, reason="Dossier zoeken"), ["unmasked"]
    ),
    "kept.open_file": Verb(
        Permission.SEE_DELETED, lambda me, s: kept.open_file(me, s.file().pk), ["deleted_file_shown"]
    ),
    "moderate.act": Verb(
        Permission.MODERATE, lambda me, s: moderate.act(me, _below_ours(s), "hide"), ["message_hide"]
    ),
    "questions.ask": Verb(
        Permission.WORK_TICKETS, lambda me, s: questions.ask(me, s.ticket.pk, text="Wie?", user_id=s.colleague.pk),
        ["question_asked"],
    ),
    "questions.answer": Verb(
        Permission.WRITE_NOTES, lambda me, s: questions.answer(me, s.question(s.colleague), "Ja"),
        ["question_answered"],
    ),
    "questions.say": Verb(
        Permission.WRITE_NOTES, lambda me, s: questions.say(me, s.question(s.colleague), "Welke?"), ["question_word"]
    ),
    "questions.open_file": Verb(
        Permission.READ_TICKETS, lambda me, s: questions.open_file(me, s.file_of_an_answer().pk)
    ),
    "questions.pass_on": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: questions.pass_on(me, s.question(s.asker()), user_id=s.colleague.pk), ["question_passed"],
    ),
    "questions.not_mine": Verb(None, lambda me, s: questions.not_mine(me, s.question(me)), ["question_not_theirs"]),
    "questions.withdraw": Verb(
        Permission.WORK_TICKETS, lambda me, s: questions.withdraw(me, s.question(s.colleague)), ["question_withdrawn"]
    ),
    "questions.use": Verb(Permission.REPLY, lambda me, s: questions.use(me, s.answer()), ["answer_used"]),
    "set_aside.page": Verb(Permission.MANAGE_INBOXES, lambda me, s: set_aside.page(me, s.inbox.pk, "")),
    "set_aside.take_up": Verb(
        Permission.MANAGE_INBOXES, lambda me, s: set_aside.take_up(me, *s.mail_by_machine()), ["mail_taken_up"]
    ),
    "found.page": Verb(Permission.READ_TICKETS, lambda me, s: found.page(me, "")),
    "found.take_up": Verb(
        Permission.WORK_TICKETS, lambda me, s: found.take_up(me, s.found_by_search().pk), ["found_taken_up"]
    ),
    "form_links.make": Verb(Permission.REPLY, lambda me, s: form_links.make(me, s.ticket.pk), ["form_made"]),
    "form_links.revoke": Verb(Permission.REPLY, lambda me, s: form_links.revoke(me, s.form().pk), ["form_revoked"]),
    "notes.add_note": Verb(Permission.WRITE_NOTES, lambda me, s: notes.add_note(me, s.ticket.pk, "x"), ["note"]),
    "looking.open_ticket": Verb(Permission.READ_TICKETS, lambda me, s: looking.open_ticket(me, s.ticket.pk)),
    "looking.look_in": Verb(Permission.READ_TICKETS, lambda me, s: looking.look_in(me, s.ticket.pk)),
    "tickets.claim": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.claim(me, s.ticket.pk), ["claimed"]),
    "tickets.assign": Verb(
        Permission.ASSIGN_OTHERS, lambda me, s: tickets.assign(me, s.ticket.pk, assignee_id=s.colleague.pk),
        ["assigned"],
    ),
    "tickets.transition": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition(me, s.ticket.pk, "resolve"), ["transition"]
    ),
    "tickets.transition_to": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.transition_to(me, s.ticket.pk, "spam"), ["transition"]
    ),
    "tickets.snooze": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: tickets.snooze(me, s.ticket.pk, timezone.now() + timedelta(hours=1)), ["snoozed"],
    ),
    "tickets.set_priority": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.set_priority(me, s.ticket.pk, 3), ["priority"]
    ),
    "tickets.tag": Verb(Permission.WORK_TICKETS, lambda me, s: tickets.tag(me, s.ticket.pk, add=["x"]), ["tagged"]),
    "tickets.merge": Verb(
        Permission.WORK_TICKETS, lambda me, s: tickets.merge(me, s.other.pk, s.ticket.pk), ["merged_into", "merged"]
    ),
    "splitting.split": Verb(
        Permission.WORK_TICKETS, lambda me, s: splitting.split(me, s.ticket.pk, [s.another_question().pk]), ["split"]
    ),
    "blocking.block": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.block(me, s.ticket.customer_id, reason="Dreigt"),
        ["customer_blocked"],
    ),
    "blocking.unblock": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: blocking.unblock(me, s.blocked().pk), ["customer_unblocked"]
    ),
    "network_blocking.block": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: network_blocking.block(me, s.on_mastodon().pk, reason="Dreigt"),
        ["network_blocked"],
    ),
    "network_blocking.unblock": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: network_blocking.unblock(me, s.on_mastodon().pk),
        ["network_unblocked"],
    ),
    "private_threads.hand_over": Verb(
        Permission.REPLY, lambda me, s: private_threads.hand_over(me, s.held_elsewhere().pk, "take"),
        ["conversation_take"],
    ),
    "muting.mute": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: muting.mute(me, s.ticket.customer_id, reason="Bestookt ons"),
        ["customer_muted", "transition"],
    ),
    "muting.unmute": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: muting.unmute(me, s.muted().pk), ["customer_unmuted"]
    ),
    "muting.no_spam_account": Verb(
        Permission.WORK_TICKETS, lambda me, s: muting.no_spam_account(me, s.spammer().pk), ["no_spam_account"]
    ),
    "tickets.set_aside": Verb(
        Permission.BLOCK_CUSTOMERS, lambda me, s: tickets.set_aside(me, s.ticket.pk, timezone.now()), ["transition"]
    ),
    "same_person.merge": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: same_person.merge(me, s.ticket.customer_id, s.on_another_network().customer_id),
        ["customers_merged"],
    ),
    "same_person.dismiss": Verb(
        Permission.WORK_TICKETS,
        lambda me, s: same_person.dismiss(me, s.ticket.customer_id, s.on_another_network().customer_id),
        ["not_same_person"],
    ),
    "same_person.take_out": Verb(
        Permission.WORK_TICKETS, lambda me, s: same_person.take_out(me, s.two_accounts().pk), ["customer_taken_out"]
    ),
    "tiers.set_tier": Verb(
        Permission.WORK_TICKETS, lambda me, s: tiers.set_tier(me, s.ticket.customer_id, 2), ["customer_tier"]
    ),
    "bulk.bulk": Verb(
        Permission.BULK, lambda me, s: bulk.bulk(me, [s.ticket.pk, s.other.pk], "claim"), ["claimed", "claimed"]
    ),
}  # fmt: skip
