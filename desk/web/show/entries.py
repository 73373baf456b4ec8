"""One conversation as entries of a timetable: messages, notes and replies on their way, in the order of their hours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from desk.actions.customers.masking import Eyes
from desk.actions.intake.inbound_mail import MAIL
from desk.inboxes.gateway import Action
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.approvals import NEEDED, NEWER
from desk.replies.models import Reply, ReplyAttachment
from desk.replies.words import explain
from desk.rulebooks.active import number_of
from desk.signals.moods import Moods
from desk.sla.models import Clock
from desk.tickets.doubts import DOUBTS
from desk.tickets.models import Attachment, Message, Note, Ticket, preview_of
from desk.tickets.moderation import possible, stays_because
from desk.web.show import beside, numbers, stars, text, times
from desk.web.show.branches import quoted_by
from desk.web.show.composer import can_be_called_back
from desk.web.show.entry import Do, Entry, Mood
from desk.web.show.findings import read
from desk.web.show.moderation import ACTION_WORDS
from desk.web.show.tiles import tile
from desk.web.show.wordings import edited, readable, versions_of
from policies.reply_states import State
from policies.triage import Sentiment

File = TypeVar("File", Attachment, ReplyAttachment)
_MOODS: Mapping[Sentiment, tuple[Promise, str]] = {
    Sentiment.NEGATIVE: (gettext_lazy("sounds negative"), "-"),
    Sentiment.NEUTRAL: (gettext_lazy("sounds neutral"), "="),
    Sentiment.POSITIVE: (gettext_lazy("sounds positive"), "+"),
}
_BACK: Mapping[Action, Action] = {Action.LIKE: Action.UNLIKE, Action.HIDE: Action.UNHIDE}


@dataclass(frozen=True, slots=True)
class Choice:
    """One message to choose in a dialog."""

    pk: int
    when: str
    name: str
    words: SafeString
    language: str
    chosen: bool


def choices(messages: Iterable[Message], ticket: Ticket, eyes: Eyes, now: datetime, since: int | None) -> list[Choice]:
    """Messages in the order of time; from `since` on they are chosen."""
    chosen, found = False, []
    for message in messages:
        chosen = chosen or message.pk == since
        said = preview_of(eyes.read(message.text, by=message.sender_id))
        words = text.line(said if message.deleted_at is None else _("deleted"))
        when = times.exact(message.created_at, now)
        found.append(Choice(message.pk, when, _author(message, ticket), words, message.language, chosen))
    return found


def thread(
    messages: Iterable[Message],
    notes: Iterable[Note],
    replies: Iterable[Reply],
    clocks: Iterable[Clock],
    *,
    ticket: Ticket,
    reader: User,
    now: datetime,
    moods: Moods | None = None,
    originals: Mapping[str, Message] = MappingProxyType({}),
    read_until: datetime | None = None,
) -> list[Entry]:
    """All entries, oldest first, with a line for each new day.

    `originals`: what messages quote, by the network's id. `read_until`: the customer has read what we wrote in private.
    """
    answered = (clock for clock in clocks if clock.metric != Clock.Metric.RESOLUTION)
    met = {clock.met_at: clock for clock in answered if clock.met_at is not None}
    moderates = reader.may(Permission.MODERATE)
    shows, eyes = reader.may(Permission.SEE_DELETED), Eyes(reader)
    messages = list(messages)
    questions = [one.pk for one in messages if not one.outgoing and one.ticket_id is not None]
    may_work = reader.may(Permission.WORK_TICKETS)
    later = set(questions[1:]) if may_work else set()
    last = questions[-1] if questions else 0
    read = _newest_read(messages, read_until)
    entries = [
        *(
            _message(
                one,
                met,
                ticket,
                eyes,
                now,
                shows=shows,
                moderates=moderates,
                splits=one.pk in later,
                originals=originals,
                spoken=beside.spoken_by(reader),
                mood=_mood(one, moods, may_work=may_work, keys=one.pk == last),
                sees_rulebook=reader.may(Permission.WRITE_RULEBOOK),
                was_read=one.pk == read,
            )
            for one in messages
        ),
        *(_note(one, eyes) for one in notes),
        *(_reply(one, ticket, reader, eyes, now) for one in replies),
    ]
    return _with_days(sorted(entries, key=lambda entry: entry.at), now)


def _with_days(entries: Sequence[Entry], now: datetime) -> list[Entry]:
    result: list[Entry] = []
    today, last = times.day(now, now), ""
    for entry in entries:
        words = times.day(entry.at, now)
        if words not in (last, today if not last else ""):
            result.append(Entry(f"day-{entry.key}", "desk/ticket/_day.html", entry.at, name=words))
        last = words
        result.append(entry)
    return result


def _message(
    message: Message,
    met: Mapping[datetime, Clock],
    ticket: Ticket,
    eyes: Eyes,
    now: datetime,
    *,
    shows: bool,
    moderates: bool,
    splits: bool,
    originals: Mapping[str, Message],
    spoken: frozenset[str],
    mood: Mood | None,
    sees_rulebook: bool,
    was_read: bool,
) -> Entry:
    before = message.ticket_id is None
    looks = ["before"] if before else ["ours"] if message.outgoing else []
    if message.private:
        looks.append("private")
    if gone := _gone(message, ticket, now):
        looks.append("gone")
    whole = eyes.read(message.text, by=message.sender_id)
    words, signature = _signed(whole, outgoing=message.outgoing)
    versions = versions_of(message, whole, eyes, now)
    moderated = moderates and not before and not gone
    reply = getattr(message, "reply", None) if not before and not gone else None
    is_mail = message.profile is not None and message.profile.network == MAIL
    return Entry(
        key=f"m{message.pk}",
        template="desk/ticket/_message.html",
        at=message.created_at,
        hour=times.hour(message.created_at),
        look=" ".join(looks),
        name=_author(message, ticket),
        handle=_handle(message),
        verified=message.profile is not None and message.profile.verified,
        reach=numbers.reach(message.profile.followers) if message.profile is not None else "",
        stars=stars.drawn(message.rating),
        about=stars.about(message),
        how=_way(message, met.get(message.created_at)),
        body=text.said(words),
        signature=signature,
        language=message.language or ticket.language,
        tongue=beside.tongue(message, spoken),
        cut=text.is_cut(message.text),
        whole_mail=is_mail and not message.outgoing and not gone,
        edited=edited(message, versions, now),
        versions=versions,
        gone=gone,
        may_show=bool(shows and not before and message.deleted_at and not message.erased_at),
        warnings=[] if message.outgoing or message.profile is None else _warnings(message, whole),
        attachments=readable(message.attachments.all(), eyes) if message.deleted_at is None else [],
        url=message.url if message.url.startswith("https://") or message.url.startswith("http://") else "",
        quotes=None if gone else quoted_by(message, originals, ticket, eyes, now),
        marks=[*beside.marks(message), _("read by the customer")] if was_read else beside.marks(message),
        reactions=() if gone else beside.reactions(message),
        actions=_actions(message, ticket.inbox) if moderated else [],
        stays=stays_because(message, ticket.inbox) if moderated else (),
        may_split=splits,
        may_unmask=not before and message.deleted_at is None and _is_masked(message, eyes),
        rulebook=number_of(reply.rulebook_version_id) if reply else 0,
        remarks=[finding["message"] for finding in read(reply.findings)] if reply else (),
        may_see_rulebook=sees_rulebook,
        pk=message.pk,
        mood=mood,
    )


def _newest_read(messages: Iterable[Message], until: datetime | None) -> int:
    """Of what we wrote in private the last that the customer has read; 0 for none."""
    if until is None:
        return 0
    read = [one for one in messages if one.outgoing and one.private and one.created_at <= until]
    return max(read, key=lambda one: (one.created_at, one.pk)).pk if read else 0


def _mood(message: Message, moods: Moods | None, *, may_work: bool, keys: bool) -> Mood | None:
    """None for what no customer said to us. The last one has keys, so that one is enough."""
    if moods is None or message.outgoing or message.ticket_id is None or message.deleted_at is not None:
        return None
    sounds = moods.of(message)
    words = str(_MOODS[Sentiment(sounds.sentiment)][0])
    sure = _("an agent said so") if sounds.corrected else _("%(share)d %% sure") % {"share": round(sounds.sure * 100)}
    choices = [
        (str(value), label, key if keys else "", value == sounds.sentiment) for value, (label, key) in _MOODS.items()
    ]
    tag = "" if sounds.sentiment == Sentiment.NEUTRAL and not sounds.corrected else words
    return Mood(tag, f"{words}, {sure}", choices if may_work else [])


def _is_masked(message: Message, eyes: Eyes) -> bool:
    """Whether this reader sees less of it than there is, as it reads now or read before."""
    earlier = [version.text for version in message.versions.all()] if message.edited_at else []
    return any(eyes.read(words, by=message.sender_id) != words for words in (message.text, *earlier))


def _author(message: Message, ticket: Ticket) -> str:
    if message.profile is not None:
        return text.name(message.profile.name, message.profile.handle, message.profile.external_id)
    if message.sender is not None:
        return message.sender.name
    return text.name(ticket.inbox.name) if message.outgoing else _("Unknown")


def _handle(message: Message) -> str:
    profile = message.profile
    if profile is None or not profile.handle or profile.handle == profile.name:
        return ""
    return text.name(profile.handle) if profile.network == MAIL else f"@{text.name(profile.handle)}"


def _warnings(message: Message, whole: str) -> list[str]:
    assert message.profile is not None  # noqa: S101 asked by the caller
    doubts = [str(DOUBTS[message.doubt][1])] if message.doubt in DOUBTS else []
    return [*doubts, *text.warnings(message.profile.name, whole)]


def _way(message: Message, clock: Clock | None) -> str:
    if not message.outgoing:
        return _("private") if message.private else ""
    way = _("private message") if message.private else _("public reply")
    if message.sender is None:
        way = _("written on the network itself")
    return f"{way} · {_met(clock)}" if clock else way


def _met(clock: Clock) -> str:
    took = times.length(clock.met_at - clock.started_at) if clock.met_at else ""
    if clock.breached_at is not None:
        words = (
            _("first response after %(time)s, late")
            if clock.metric == Clock.Metric.FIRST_RESPONSE
            else _("answered after %(time)s, late")
        )
    else:
        words = (
            _("first response met in %(time)s")
            if clock.metric == Clock.Metric.FIRST_RESPONSE
            else _("answered in %(time)s")
        )
    return words % {"time": took}


def _signed(words: str, *, outgoing: bool) -> tuple[str, str]:
    """The words and the signature behind them, which is set more quietly."""
    body, _space, last = words.rpartition(" ")
    if outgoing and last.startswith("^") and 1 < len(last) <= 8:
        return body, last
    return words, ""


def _gone(message: Message, ticket: Ticket, now: datetime) -> str:
    if message.erased_at is not None:
        return _("A message, erased %(time)s.") % {"time": times.exact(message.erased_at, now)}
    if message.deleted_at is None:
        return ""
    when = times.exact(message.deleted_at, now)
    if message.outgoing:
        return _("Our message was deleted at %(time)s.") % {"time": when}
    return _("Deleted by %(name)s at %(time)s; may not be quoted.") % {"name": _author(message, ticket), "time": when}


def _actions(message: Message, inbox: Inbox) -> list[Do]:
    done = {Action.LIKE: message.liked, Action.HIDE: message.hidden}
    wanted = [_BACK[action] if is_done else action for action, is_done in done.items()]
    offered = possible(message, inbox)
    return [
        Do(str(action), str(ACTION_WORDS[action]), action is Action.DELETE)
        for action in (*wanted, Action.DELETE)
        if action in offered
    ]


def _note(note: Note, eyes: Eyes) -> Entry:
    return Entry(
        key=f"n{note.pk}",
        template="desk/ticket/_note.html",
        at=note.created_at,
        hour=times.hour(note.created_at),
        look="note",
        name=note.author.name if note.author else _("Somebody who left"),
        body=text.said(eyes.read(note.text, by=note.author_id) or _("Erased")),
    )


def _reply(reply: Reply, ticket: Ticket, reader: User, eyes: Eyes, now: datetime) -> Entry:
    words = explain(reply) if reply.state in (State.HELD, State.FAILED, State.UNKNOWN) or reply.problem_code else None
    private = reply.visibility == Reply.Visibility.PRIVATE
    leaves = can_be_called_back(reply, now)
    waits = reply.state == State.HELD and reply.problem_code == NEEDED
    return Entry(
        key=f"r{reply.pk}",
        template="desk/ticket/_reply.html",
        at=reply.submitted_at,
        hour=times.hour(reply.submitted_at),
        look="ours private" if private else "ours",
        name=reply.author.name,
        how=_("private message") if private else _("public reply"),
        body=text.said(eyes.read(reply.text, by=reply.author_id)),
        signature=reply.signed_text[len(reply.text.rstrip()) :].strip()
        if reply.signed_text.startswith(reply.text.rstrip())
        else "",
        language=ticket.language,
        pk=reply.pk,
        state=_reply_state(reply, now),
        what=str(words.what) if words else "",
        next=str(words.next) if words else "",
        leaves_at=times.epoch(reply.next_attempt_at) if leaves and reply.scheduled_for is None else None,
        network=tile(ticket.inbox.network).label,
        mine=reply.author_id == reader.pk,
        may_decide=reader.may(Permission.REPLY_ALONE)
        or (reply.author_id == reader.pk and reader.may(Permission.REPLY)),
        may_send=reader.may(Permission.REPLY_ALONE),
        may_undo=leaves and reply.author_id == reader.pk,
        waits_for_approval=waits,
        may_approve=waits and reader.may(Permission.APPROVE) and reply.author_id != reader.pk,
        overtaken=reply.problem_code == NEWER,
        attached=readable(reply.attachments.all(), eyes, by=reply.author_id),
        marks=[reply.state],
    )


def _reply_state(reply: Reply, now: datetime) -> str:
    match reply.state:
        case State.QUEUED if reply.scheduled_for is not None and reply.scheduled_for > now:
            return _("leaves at %(time)s") % {"time": times.exact(reply.scheduled_for, now)}
        case State.QUEUED if can_be_called_back(reply, now):
            return _("leaves in %(time)s") % {"time": times.countdown(reply.next_attempt_at - now)}
        case State.QUEUED if reply.next_attempt_at > now:
            return _("tries again at %(time)s") % {"time": times.exact(reply.next_attempt_at, now)}
        case State.QUEUED | State.SENDING:
            return _("on its way")
        case State.HELD if reply.problem_code == NEEDED:
            return pgettext("reply", "waits for approval")
        case State.HELD:
            return pgettext("reply", "held")
        case State.FAILED:
            return pgettext("reply", "not sent")
    return pgettext("reply", "not certain")
