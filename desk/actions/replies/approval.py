"""A colleague's word on a reply: approve, edit and approve, reject. And the sweep over requests that wait.

`approval_id` is the request that the approver has read; where it is another by now, the decision is refused, so that
nobody approves what they have not seen.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_gate import gate_of
from desk.actions.inboxes.channels import channel, check_text
from desk.actions.replies.approval_files import EditedFiles, files_of
from desk.actions.replies.approval_requests import reasons, send_back, tell_author, tell_deputies
from desk.actions.replies.drafts import LONGEST, give_back
from desk.actions.replies.reply import Blocked, write_down
from desk.actions.tickets.announce import announce
from desk.actions.tickets.timeline import record
from desk.common.background import enqueue
from desk.common.errors import Conflict, DeskError, Invalid, Missing
from desk.common.live import publish
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies import approvals, outbox
from desk.replies.approvals import NEEDED, NEWER
from desk.replies.files import digest_of
from desk.replies.models import Approval, Reply
from desk.rulebooks.active import in_force
from policies.approval_states import Event
from policies.approval_states import State as ApprovalState
from policies.reply_states import Event as Step
from policies.reply_states import State
from policies.signature import sign

LONGEST_REASON = 1_000  # characters
AT_ONCE = 200  # of one round of the sweep


@dataclass(frozen=True, slots=True)
class Edit:
    """The words and the files as the approver wants them to leave."""

    words: str
    files: EditedFiles


def approve(
    actor: User,
    reply_id: int,
    *,
    text: str | None = None,
    descriptions: Mapping[int, str] | None = None,
    take_off: Collection[int] = (),
    approval_id: int | None = None,
    now: datetime | None = None,
) -> Reply:
    """Let a reply go, with other words where `text` says so. It leaves in its author's name, at its time.

    `descriptions` are other ones of its files, by their numbers; those in `take_off` do not go along and are deleted.
    The rulebook that holds now is asked once more. Where it gives reasons that the request did not name, nobody has
    seen them: the request names them from now on, and the approver looks again. An edit may not bring such a reason
    at all, because nobody else has agreed to it. Raises Blocked, Conflict, Invalid, Missing.
    """
    require(actor, Permission.APPROVE)
    now = now or timezone.now()
    with transaction.atomic():
        approval = _waiting(actor, reply_id, approval_id)
        words = approval.reply.text if text is None else text
        edit = Edit(words, files_of(approval.reply, descriptions or {}, take_off))
        refused = _overtaken(approval.reply, now) or _approve(actor, approval, edit, now)
    if refused is not None:  # what made it so is kept
        raise refused
    return approval.reply


def reject(
    actor: User, reply_id: int, *, reason: str, approval_id: int | None = None, now: datetime | None = None
) -> Reply:
    """The words go back to their author as a draft, with the reason. Raises Conflict, Invalid, Missing."""
    require(actor, Permission.APPROVE)
    now, reason = now or timezone.now(), reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            _("Say why, so that the author knows what to change."), errors={"reason": [_("1 to 1000 characters.")]}
        )
    with transaction.atomic():
        approval = _waiting(actor, reply_id, approval_id)
        reply = approval.reply
        decided = {"decided_by": actor, "decided_at": now, "reason": reason}
        if not approvals.move(approval, Event.REJECT, **decided) or not outbox.move(reply, Step.CANCEL):
            raise _quicker()
        give_back(reply, because=reason, by=actor)
        write_down(reply, actor, "reply_rejected", now)
        tell_author(approval, "approval_rejected", now, by_name=actor.name, reason=reason)
    return reply


def sweep(now: datetime) -> None:
    """What waits while its customer wrote on goes back to its author; what waits too long goes to the deputies too."""
    for reply in approvals.overtaken().order_by("ticket_id", "pk").select_related("ticket", "author")[:AT_ONCE]:
        with transaction.atomic():
            outbox.take(reply)
            reply.refresh_from_db(fields=["problem_code", "looked_event_id"])
            _overtaken(reply, now)
    late = approvals.waiting().filter(deputies_told_at=None, deputy_at__lte=now).order_by("deputy_at")
    for approval in late[:AT_ONCE]:
        with transaction.atomic():
            unasked = Approval.objects.filter(pk=approval.pk, state=ApprovalState.WAITING, deputies_told_at=None)
            if unasked.update(deputies_told_at=now):
                tell_deputies(approval, now)


def _approve(actor: User, approval: Approval, edit: Edit, now: datetime) -> DeskError | None:
    reply, under, words = approval.reply, in_force(), edit.words
    edited = words != reply.text or edit.files.edited
    if len(words) > LONGEST:
        raise Invalid(_("This text is longer than any network takes. Shorten it."), errors={"text": [_("Too long.")]})
    chosen = channel(reply.ticket, reply.visibility, now)
    if chosen is None or not chosen.allowed:
        closed = chosen.reason if chosen else _("This network has no such way to answer.")
        raise Conflict(str(closed), code="channel_closed")
    say_in = translation.get_language() or "en"
    checked = check_text(reply.ticket, reply.author, words, chosen, now, say_in, under, edit.files.kept)
    if checked.blocked:
        raise Blocked(checked)
    findings = checked.findings_as_json()
    codes = reasons(reply.author, findings, asked=reply.approval_asked, closed=gate_of(reply, now))
    seen = approvals.approved_codes(reply).union(approval.codes)
    if unseen := codes - seen:
        if edited:
            raise Conflict(
                _("Your edit itself needs a colleague's approval (%(codes)s). Edit it differently, or reject it.")
                % {"codes": ", ".join(sorted(unseen))},
                code="edit_needs_approval",
            )
        Approval.objects.filter(pk=approval.pk).update(codes=sorted(codes.union(approval.codes)))
        Reply.objects.filter(pk=reply.pk).update(findings=findings, rulebook_version_id=under.version_id)
        return Conflict(_("The rules changed since this was asked. Look at the findings again."), code="look_again")
    if approval.attached != digest_of(reply):
        raise Conflict(_("Its attachments changed since this was asked. Look at it again."), code="look_again")
    edit.files.write_down()
    decided = {"decided_by": actor, "decided_at": now, "codes": sorted(seen)}
    decided |= {"approved_text": words, "approved_attached": digest_of(reply)}
    due = max(now, reply.scheduled_for or now)
    columns = {
        "text": words,
        "signed_text": sign(words, under.signature_of(reply.author)),
        "findings": findings,
        "rulebook_version_id": under.version_id,
        "next_attempt_at": due,
        "problem_code": "",
    }
    if not approvals.move(approval, Event.APPROVE, **decided) or not outbox.move(reply, Step.RELEASE, **columns):
        raise _quicker()
    write_down(reply, actor, "reply_approved_edited" if edited else "reply_approved", now)
    tell_author(approval, "approval_given", now, by_name=actor.name, edited=edited)
    if due <= now:
        enqueue("desk.tasks.send_reply", reply.pk)
    return None


def _overtaken(reply: Reply, now: datetime) -> Conflict | None:
    """Hold what the customer has written past; None where nothing is newer."""
    if not approvals.is_overtaken(reply):
        return None
    if reply.state == State.QUEUED:
        outbox.move(reply, Step.HOLD, problem_code=NEWER)
    elif reply.state == State.HELD and reply.problem_code == NEEDED:
        Reply.objects.filter(pk=reply.pk, state=State.HELD).update(problem_code=NEWER)
    else:
        return None
    send_back(reply, now)
    record(reply.ticket, "reply_overtaken", at=now, reply=reply.pk)
    announce([(reply.ticket, "change")])
    publish("reply", {"id": reply.pk, "ticket": reply.ticket_id, "state": reply.state})
    return Conflict(
        _("The customer wrote something newer, so it went back to %(name)s, who looks again.")
        % {"name": reply.author.name},
        code=NEWER,
    )


def _waiting(actor: User, reply_id: int, approval_id: int | None) -> Approval:
    """The request that waits for this reply, its ticket locked, for somebody who may decide about it."""
    reply = Reply.objects.select_related("ticket__inbox", "ticket__profile", "author").filter(pk=reply_id).first()
    if reply is None:
        raise Missing(_("There is no such reply."))
    outbox.take(reply)
    reply.refresh_from_db(fields=["text", "signed_text", "problem_code", "looked_event_id", "scheduled_for"])
    approval = Approval.objects.filter(reply=reply, state=ApprovalState.WAITING).first()
    if approval is None or reply.state != State.HELD:
        raise Conflict(_("Nothing waits for your approval here: it was decided or taken back."), code="not_waiting")
    if approval_id is not None and approval.pk != approval_id:
        raise Conflict(_("It was asked anew since you looked. Look at it again."), code="look_again")
    approval.reply = reply
    if not approvals.may_decide(actor, approval):
        raise Conflict(_("Nobody approves their own words. Ask a colleague."), code="own_words")
    return approval


def _quicker() -> Conflict:
    return Conflict(_("Somebody was quicker. Look at the reply again."))
