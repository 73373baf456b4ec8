"""The shapes of one entry of a conversation's timetable, as its templates print them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from desk.replies.models import ReplyAttachment
from desk.tickets.models import Attachment
from desk.web.show.branches import Original
from desk.web.show.wordings import Version


@dataclass(frozen=True, slots=True)
class Do:
    """Something that can be done to a message on its network."""

    action: str
    words: str
    grave: bool  # can't be taken back


@dataclass(frozen=True, slots=True)
class Mood:
    """What a message of a customer sounds like, and what an agent may say instead: (value, words, key, chosen)."""

    tag: str  # empty for neutral
    hint: str
    choices: Sequence[tuple[str, Promise, str, bool]]  # none where this reader may not


@dataclass(frozen=True, slots=True)
class Entry:
    """What the templates `ticket/_message.html`, `_note.html`, `_reply.html` and `_day.html` print."""

    key: str
    template: str
    at: datetime
    hour: str = ""
    look: str = ""  # classes: ours, private, note, gone, before
    name: str = ""
    handle: str = ""
    verified: bool = False
    reach: str = ""
    stars: SafeString = field(default_factory=SafeString)  # of a review
    about: str = ""  # what the network tells beside its words
    how: str = ""
    body: SafeString = field(default_factory=SafeString)
    signature: str = ""
    language: str = ""
    tongue: str = ""  # the same in words, where its reader does not say to speak it
    cut: bool = False
    edited: str = ""
    versions: Sequence[Version] = ()
    gone: str = ""
    may_show: bool = False  # what is gone
    warnings: Sequence[str] = ()
    attachments: Sequence[Attachment] = ()
    url: str = ""
    quotes: Original | None = None
    marks: Sequence[str] = ()  # liked, hidden
    whole_mail: bool = False  # there may be more of it: a quotation, a signature, its headers
    reactions: Sequence[tuple[str, str]] = ()  # emoji, and how many as words; the most frequent first
    actions: Sequence[Do] = ()
    stays: Sequence[str] = ()  # why what somebody else wrote can't be hidden or deleted
    may_split: bool = False  # from here on
    may_unmask: bool = False  # something in it is masked for this reader
    rulebook: int = 0  # the version of the rulebook that it left under
    remarks: Sequence[str] = ()  # and what its rules said of it
    may_see_rulebook: bool = False
    pk: int = 0
    mood: Mood | None = None  # what it sounds like
    # replies on their way
    state: str = ""
    what: str = ""
    next: str = ""
    leaves_at: int | None = None
    network: str = ""
    mine: bool = False
    may_decide: bool = False
    may_send: bool = False  # say that it is out, or send it again
    may_undo: bool = False
    waits_for_approval: bool = False
    may_approve: bool = False
    overtaken: bool = False  # the customer wrote on
    attached: Sequence[ReplyAttachment] = ()
