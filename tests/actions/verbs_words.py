"""What is done with words: canned responses, replies, their approval, the rulebook."""

from django.utils import timezone

from desk.actions.inboxes.channels import channels
from desk.actions.replies import approval, canned, canned_files, canned_preview, canned_use, drafts, reply, reply_files
from desk.actions.rulebooks import rulebooks, what_if
from desk.people.permissions import Permission
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from tests.actions.scene import Verb
from tests.actions.scene_ground import HELLO
from tests.canned import says
from tests.files import PNG

VERBS: dict[str, Verb] = {
    "canned.create_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.create_canned(me, name="x", shortcut="x", texts=says(nl="x")),
        ["canned_created"],
    ),
    "canned.change_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.change_canned(me, s.canned.pk, name="y"), ["canned_changed"]
    ),
    "canned.activate_canned": Verb(
        Permission.EDIT_CANNED,
        lambda me, s: canned.activate_canned(me, s.draft().pk),
        ["canned_activated"],
    ),
    "canned.withdraw_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.withdraw_canned(me, s.canned.pk), ["canned_withdrawn"]
    ),
    "canned.delete_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned.delete_canned(me, s.canned.pk), ["canned_deleted"]
    ),
    "canned_files.attach_to_canned": Verb(
        Permission.EDIT_CANNED,
        lambda me, s: canned_files.attach_to_canned(me, s.canned.pk, content=PNG, name="kaart.png"),
        ["canned_changed"],
    ),
    "canned_files.describe_canned_file": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned_files.describe_canned_file(me, s.canned_file().pk, "Een kaart"),
        ["canned_changed"],
    ),
    "canned_files.put_canned_files_in_order": Verb(
        Permission.EDIT_CANNED,
        lambda me, s: canned_files.put_canned_files_in_order(me, s.canned.pk, s.canned_files_turned_round()),
        ["canned_changed"],
    ),
    "canned_files.take_off_canned": Verb(
        Permission.EDIT_CANNED, lambda me, s: canned_files.take_off_canned(me, s.canned_file().pk), ["canned_changed"]
    ),
    "canned_preview.preview": Verb(Permission.EDIT_CANNED, lambda me, s: canned_preview.preview(me, s.canned, [])),
    "canned_use.statistics": Verb(Permission.EDIT_CANNED, lambda me, s: canned_use.statistics(me, s.canned.pk)),
    "drafts.save": Verb(
        Permission.WRITE_NOTES, lambda me, s: drafts.save(me, s.ticket.pk, text="x", visibility="note")
    ),
    "drafts.discard": Verb(Permission.WRITE_NOTES, lambda me, s: drafts.discard(me, s.ticket.pk)),
    "drafts.leave_empty": Verb(
        Permission.WRITE_NOTES, lambda me, s: drafts.leave_empty(me, s.ticket.pk, visibility="public")
    ),
    "reply_files.attach": Verb(Permission.REPLY, lambda me, s: s.attached(me)),
    "reply_files.attach_canned": Verb(
        Permission.REPLY, lambda me, s: reply_files.attach_canned(me, s.ticket.pk, s.canned.pk)
    ),
    "reply_files.attach_again": Verb(
        Permission.REPLY, lambda me, s: reply_files.attach_again(me, s.reply(s.colleague, "failed").pk)
    ),
    "reply_files.describe": Verb(
        Permission.REPLY, lambda me, s: reply_files.describe(me, s.attached(me).pk, "Een kaart")
    ),
    "reply_files.caption": Verb(
        Permission.REPLY, lambda me, s: reply_files.caption(me, s.attached(me).pk, b"")
    ),
    "reply_files.put_in_order": Verb(
        Permission.REPLY, lambda me, s: reply_files.put_in_order(me, s.ticket.pk, [s.attached(me).pk])
    ),
    "reply_files.take_off": Verb(Permission.REPLY, lambda me, s: reply_files.take_off(me, s.attached(me).pk)),
    "reply_files.open_attachment": Verb(
        Permission.READ_TICKETS, lambda me, s: reply_files.open_attachment(me, s.attached_by_a_colleague().pk)
    ),
    "drafts.read_on": Verb(Permission.WRITE_NOTES, lambda me, s: drafts.read_on(me, s.ticket.pk)),
    "approval.approve": Verb(
        Permission.APPROVE, lambda me, s: approval.approve(me, s.asked(s.colleague)), ["reply_approved"]
    ),
    "approval.reject": Verb(
        Permission.APPROVE, lambda me, s: approval.reject(me, s.asked(s.colleague), reason="x"), ["reply_rejected"]
    ),
    "reply.check": Verb(Permission.REPLY, lambda me, s: reply.check(me, s.ticket.pk, HELLO, "public")),
    "reply.check_on": Verb(
        Permission.REPLY,
        lambda me, s: reply.check_on(
            me, s.ticket, HELLO, channels(s.ticket, timezone.now())[0], now=timezone.now()
        ),
    ),
    "reply.submit": Verb(
        Permission.REPLY,
        lambda me, s: reply.submit(me, s.ticket.pk, text=HELLO, visibility="public", idempotency_key="1"),
        ["assigned", "reply_submitted"],
    ),
    "reply.undo": Verb(Permission.REPLY, lambda me, s: reply.undo(me, s.reply(me, "queued").pk), ["reply_cancelled"]),
    "reply.cancel": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.cancel(me, s.reply(s.colleague, "held").pk), ["reply_cancelled"]
    ),
    "reply.release": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.release(me, s.reply(s.colleague, "held").pk), ["reply_released"]
    ),
    "reply.send_again": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.send_again(me, s.reply(s.colleague, "failed").pk),
        ["reply_sent_again"],
    ),
    "reply.confirm_sent": Verb(
        Permission.REPLY_ALONE, lambda me, s: reply.confirm_sent(me, s.reply(s.colleague, "unknown").pk),
        ["reply_confirmed"],
    ),
    "reply.look_up": Verb(
        Permission.REPLY, lambda me, s: reply.look_up(me, s.reply(s.colleague, "unknown").pk), ["reply_looked_up"]
    ),
    "rulebooks.would_happen": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.would_happen(me, RulebookVersion.objects.get(number=1))
    ),
    "rulebooks.write_draft": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.write_draft(me), ["rulebook_drafted"]
    ),
    "rulebooks.change_draft": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.change_draft(me, s.rulebook("draft"), document={}),
        ["rulebook_changed"],
    ),
    "rulebooks.hand_in": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.hand_in(me, s.rulebook("draft")), ["rulebook_handed_in"]
    ),
    "rulebooks.give_back": Verb(
        Permission.REVIEW_RULEBOOK, lambda me, s: rulebooks.give_back(me, s.rulebook("in_review"), reason="x"),
        ["rulebook_given_back"],
    ),
    "rulebooks.switch_on": Verb(
        Permission.REVIEW_RULEBOOK, lambda me, s: rulebooks.switch_on(me, s.rulebook("in_review")),
        ["rulebook_switched_on"],
    ),
    "rulebooks.roll_back": Verb(
        Permission.REVIEW_RULEBOOK,
        lambda me, s: rulebooks.roll_back(me, s.rulebook("retired", activated_at=timezone.now())),
        ["rulebook_rolled_back"],
    ),
    "rulebooks.discard": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: rulebooks.discard(me, s.rulebook("draft")), ["rulebook_discarded"]
    ),
    "rulebooks.try_text": Verb(
        None,
        lambda me, s: rulebooks.try_text(me, in_force().rulebook, text="x", network="x", now=timezone.now()),
    ),
    "what_if.ask_about_replies": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: what_if.ask_about_replies(me, in_force().number, days=7),
        ["what_if_asked"],
    ),
    "what_if.ask_about_file": Verb(
        Permission.WRITE_RULEBOOK,
        lambda me, s: what_if.ask_about_file(
            me, in_force().number, raw=b"text,network,visibility,language\nHoi,x,public,nl\n"
        ),
        ["what_if_asked"],
    ),
    "what_if.cancel": Verb(
        Permission.WRITE_RULEBOOK, lambda me, s: what_if.cancel(me, s.what_if().pk), ["what_if_cancelled"]
    ),
}  # fmt: skip
