"""Which threads a person may read, asked in one place: whoever shows, finds or exports any begins here."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from desk.common.few import few
from desk.people.models import User
from desk.people.permissions import Permission
from desk.threads.models import Participant, Thread, Word

MOST_COUNTED = 99  # beyond this the badge says “99+”
LONGEST_QUERY = 200  # characters


def readable(reader: User) -> QuerySet[Thread]:
    """Open ones, where the role reads what they hang at, and those that somebody let this person in."""
    if not reader.may(Permission.READ_TICKETS):
        return Thread.objects.none()
    let_in = Exists(Participant.objects.filter(thread=OuterRef("pk"), user=reader, inside=True))
    everybodys = Q(private=False)
    if not reader.may(Permission.SEE_CRISES):
        everybodys &= Q(crisis=None)
    return Thread.objects.filter(everybodys | let_in)


def readers(thread: Thread, people: Iterable[User]) -> list[User]:
    """The same for one thread and many people: who of them may read it. One query."""
    let_in = set(Participant.objects.filter(thread=thread, inside=True).values_list("user_id", flat=True))
    return [
        person
        for person in people
        if person.may(Permission.READ_TICKETS)
        and (
            person.pk in let_in
            or (not thread.private and (thread.crisis_id is None or person.may(Permission.SEE_CRISES)))
        )
    ]


def with_own(rows: QuerySet[Thread], reader: User) -> QuerySet[Thread]:
    """With what the reader has to do with each: `following`, `unread` and `read_to`, 0 where nothing."""
    own = Participant.objects.filter(thread=OuterRef("pk"), user=reader)
    return rows.annotate(
        following=Exists(own.filter(following=True)),
        unread=Coalesce(own.values("unread")[:1], 0),
        read_to=Coalesce(own.values("read_to")[:1], 0),
    ).select_related("started_by", "summary_by", "closed_by", "ticket__inbox", "crisis")


def followed(rows: QuerySet[Thread], reader: User, *, unread: bool = False) -> QuerySet[Thread]:
    """Of these the ones that the reader follows; or of which something is unread."""
    own = Participant.objects.filter(thread=OuterRef("pk"), user=reader)
    return rows.filter(Exists(own.filter(unread__gt=0) if unread else own.filter(following=True)))


def count_unread(reader: User) -> int:
    """How many threads have something new for this person, at most one more than MOST_COUNTED: rows of an index."""
    new = Participant.objects.filter(user=reader, unread__gt=0, thread__in=readable(reader))
    return len(new.order_by()[: MOST_COUNTED + 1].values_list("pk", flat=True))


def found(reader: User, words: str) -> QuerySet[Thread]:
    """Threads of which the topic, the summary, the finding or a word says this, in Dutch or English.

    What few threads say is looked up before; what many say is met soon by whoever walks through them in their order.
    """
    words = words.replace("\x00", " ").strip()[:LONGEST_QUERY]
    dutch, english = (SearchQuery(words, config=config, search_type="websearch") for config in ("dutch", "english"))
    said, about = Word.objects.filter(search=dutch | english), Thread.objects.filter(search=dutch | english)
    in_words = few(said.order_by().values_list("thread_id", flat=True))
    in_topics = few(about.order_by().values_list("pk", flat=True)) if in_words is not None else None
    if in_words is not None and in_topics is not None:
        return readable(reader).filter(pk__any_of=list({*in_words, *in_topics}))
    return readable(reader).filter(Exists(said.filter(thread=OuterRef("pk"))) | Q(search=dutch | english))


def some_thread() -> Exists:
    """Whether there is anything about a ticket to load, asked along with the ticket."""
    return Exists(Thread.objects.filter(ticket=OuterRef("pk")))


def words_of(thread: Thread) -> QuerySet[Word]:
    """Its words, with their authors, the oldest first."""
    return thread.words.select_related("author").defer("search").order_by("id")


def people_in(thread: Thread) -> list[User]:
    """Who is let in, by name."""
    rows = Participant.objects.filter(thread=thread, inside=True, user__is_active=True).select_related("user")
    return [row.user for row in rows.order_by("user__first_name", "user__last_name", "user_id")]


def newest_word(thread: Thread) -> int:
    """Its number; 0 where nobody said anything."""
    return thread.words.order_by("-id").values_list("pk", flat=True).first() or 0


def now_seen(thread: Thread, reader: User) -> bool:
    """From now on nothing in it is unread for this person; whether anything was."""
    newest = newest_word(thread)
    row = Participant.objects.filter(thread=thread, user=reader)
    changed = row.exclude(unread=0, read_to=newest).update(unread=0, read_to=newest)
    return bool(changed)


def to_followers(thread: Thread, word: Word) -> list[int]:
    """One more is unread for everybody who follows, but for its author; who they are."""
    rows = Participant.objects.filter(thread=thread, following=True).exclude(user=word.author_id)
    rows.update(unread=F("unread") + 1)
    return list(rows.values_list("user_id", flat=True))
