"""What the company knows: articles in several languages, their versions, and how much they were of use."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, GeneratedField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.common.indexes import where_set
from desk.people.models import User
from desk.tickets.models import Ticket
from desk.tickets.names import NameWords
from policies.knowledge_suggestions import State

LONGEST_TITLE = 120  # characters
LONGEST_BODY = 20_000
LONGEST_TOPIC = 50
LONGEST_WORD = 50
MOST_TOPICS = 12
LONGEST_SUMMARY = 200
LANGUAGES = ("nl", "en")
NEVER = date(9999, 12, 31)  # in the order of days: what has none comes last


class Article(models.Model):
    """One thing that is worth knowing, in Dutch, in English, or in both.

    `title` and `words` are what its texts say, for lists; whoever changes the texts writes them along.
    """

    class Audience(models.TextChoices):
        """Who may read its words; each reads what the one before reads, too."""

        INTERNAL = "internal", _("Colleagues only")
        REPLIES = "replies", _("May be said in replies")
        PUBLIC = "public", _("Everybody, on the help page")

    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.INTERNAL)
    title = models.CharField(max_length=LONGEST_TITLE)  # of the first of its languages
    words = models.TextField(blank=True)
    topics = ArrayField(models.CharField(max_length=LONGEST_TOPIC), default=list, blank=True)  # in small letters
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # who answers for its words
    review_on = models.DateField(_("review on"), null=True, blank=True)
    review_told = models.BooleanField(default=False)  # whether the owner was told that this day has come
    version = models.PositiveIntegerField(default=1)  # the number of its newest version
    times_used = models.PositiveIntegerField(default=0)  # how often its words or its address were put into a reply
    times_helpful = models.PositiveIntegerField(default=0)
    times_unhelpful = models.PositiveIntegerField(default=0)
    readers_helped = models.PositiveIntegerField(default=0)  # what readers of the help page said; nobody knows who
    readers_unhelped = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # of its words
    # what lists are ordered by, kept by the database
    balance = GeneratedField(
        expression=F("times_helpful") + F("readers_helped") - F("times_unhelpful") - F("readers_unhelped"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    review_by = GeneratedField(
        expression=Coalesce("review_on", Value(NEVER)), output_field=models.DateField(), db_persist=True
    )

    class Meta:
        ordering = ["title", "id"]
        indexes = [
            models.Index(fields=["title", "id"], name="article_by_title"),
            models.Index(fields=["times_used", "id"], name="article_by_use"),
            models.Index(fields=["balance", "id"], name="article_by_balance"),
            models.Index(fields=["review_by", "id"], name="article_by_review"),
            models.Index(fields=["changed_at", "id"], name="article_by_change"),
            models.Index(fields=["audience", "title", "id"], name="article_by_audience"),
            models.Index(fields=["review_on"], name="article_review", condition=Q(review_told=False)),
            GinIndex(fields=["topics"], name="article_topics"),
            GinIndex(NameWords(F("title"), F("words")), name="article_words"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def helped(self) -> int:
        """How many said that it helped, colleagues and readers together."""
        return self.times_helpful + self.readers_helped

    @property
    def unhelped(self) -> int:
        return self.times_unhelpful + self.readers_unhelped


class ArticleText(models.Model):
    """An article in one language. `search` is kept by the database, so it is never behind the words."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts", db_index=False)
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=LONGEST_TITLE)
    body = models.TextField()  # Markdown
    search = GeneratedField(
        expression=Case(
            When(
                language="nl",
                then=SearchVector("title", weight="A", config="dutch")
                + SearchVector("body", weight="B", config="dutch"),
            ),
            default=SearchVector("title", weight="A", config="english")
            + SearchVector("body", weight="B", config="english"),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-language"]  # Dutch before English, as everywhere on the desk
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_text_per_language")]
        indexes = [GinIndex(fields=["search"], name="article_search", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class ArticleVersion(models.Model):
    """How an article read at one time. Never edited."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    texts = models.JSONField()  # language, title and body each
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)  # what is different, by its author
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"version {self.number} of {self.article_id}"


class ArticleUse(models.Model):
    """Somebody put words or the address of an article into what they wrote on a ticket, or said whether it helped:
    there, or, without a ticket, on the article's own page.
    """

    class How(models.TextChoices):
        TEXT = "text", pgettext_lazy("article", "words")
        LINK = "link", pgettext_lazy("article", "link")
        READ = "read", pgettext_lazy("article", "read")  # and rated, but nothing was taken from it

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="uses", db_index=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    how = models.CharField(max_length=4, choices=How.choices)
    helpful = models.BooleanField(null=True)  # what that colleague said of it
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "ticket", "user"], name="one_use_per_ticket"),
            models.UniqueConstraint(fields=["article", "user"], name="one_word_of_a_reader", condition=Q(ticket=None)),
        ]
        indexes = [models.Index(fields=["article", "-at"], name="article_uses")]

    def __str__(self) -> str:
        return f"{self.article_id} on #{self.ticket_id}" if self.ticket_id else f"{self.article_id} by {self.user_id}"


class TicketLink(models.Model):
    """Somebody said that an article is about a ticket, whether or not anything of it was said to the customer."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="ticket_links", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="article_links")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "ticket"], name="one_link_to_a_ticket")]
        indexes = [models.Index(fields=["article", "-at"], name="links_of_article"), where_set("by", name="linked_by")]

    def __str__(self) -> str:
        return f"{self.article_id}: #{self.ticket_id}"


class CannedLink(models.Model):
    """A canned response says what an article knows. `at`: when somebody last found that the two fit each other."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="canned_links", db_index=False)
    canned = models.ForeignKey("replies.CannedResponse", on_delete=models.CASCADE, related_name="article_links")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "canned"], name="one_link_to_a_canned_response")]
        indexes = [where_set("by", name="canned_linked_by")]

    def __str__(self) -> str:
        return f"{self.article_id}: canned response {self.canned_id}"


class Searched(models.Model):
    """Words that somebody looked for and no article answers, kept for as long as gaps look back.

    Only what can be a word of a topic is kept: no numbers, addresses or names of accounts, and nothing of a customer
    who looked on the help page.
    """

    language = models.CharField(max_length=5)
    words = ArrayField(models.CharField(max_length=LONGEST_WORD))  # in small letters, each once
    by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="searched_at"), where_set("by", name="searched_by")]

    def __str__(self) -> str:
        return " ".join(self.words)


class WordCount(models.Model):
    """In how many texts of a kind a word stands, by the stemmer of a language: what a rare word is.

    The row of the word "" has how many texts there are. The counts are of some minutes ago, which is near enough: what
    is found is up to date, only how much a word weighs is not.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Articles")
        MESSAGE = "message", _("Messages")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=5)
    word = models.TextField()
    texts = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language", "word"], name="one_count_per_word")]

    def __str__(self) -> str:
        return f"{self.word}: {self.texts}"


class Suggestion(models.Model):
    """What was answered once and may be worth an article. Nobody but who judges it reads it, and nothing publishes it.

    Both texts are kept without the people in them. What is asked or answered again adds to `times` of the first.
    """

    class Kind(models.TextChoices):
        TICKET = "ticket", _("Resolved ticket")
        ANSWER = "answer", _("Answer of a colleague")
        FINDING = "finding", _("Finding of a swarm")

    class States(models.TextChoices):
        PENDING = State.PENDING, _("To be judged")
        APPROVED = State.APPROVED, _("Approved")
        EDITED = State.EDITED, _("Approved in other words")
        REJECTED = State.REJECTED, _("Rejected")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=40, unique=True)  # “ticket 12”, “answer 7”: looked at once
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="suggestions", db_index=False)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    language = models.CharField(max_length=5)
    question = models.TextField()
    answer = models.TextField()
    same_as = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )  # an earlier one that asks or answers the same; then this one has no words and is only counted
    question_digest = ArrayField(models.BigIntegerField(), default=list)  # `policies.near_duplicates`
    answer_digest = ArrayField(models.BigIntegerField(), default=list)
    times = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=States.choices, default=State.PENDING)
    article = models.ForeignKey(
        Article, null=True, on_delete=models.SET_NULL, related_name="suggestions", db_index=False
    )  # that it became
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=LONGEST_SUMMARY, blank=True)  # why it was rejected
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "times", "id"], name="suggestion_by_state", condition=Q(same_as=None)),
            models.Index(fields=["ticket"], name="suggestion_of_ticket"),
            where_set("article", name="suggestion_of_article"),
            where_set("same_as", name="suggestion_same_as"),
            GinIndex(fields=["question_digest"], name="suggestion_asked"),
            GinIndex(fields=["answer_digest"], name="suggestion_answered"),
        ]

    def __str__(self) -> str:
        return self.question[:40]


class ReadUpTo(models.Model):
    """How far what may be worth suggesting was read: the newest line of the timeline, the newest answer."""

    name = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"


class Gap(models.Model):
    """Something that was asked about lately and nothing is written of, as it was when somebody looked last."""

    language = models.CharField(max_length=5)
    words = ArrayField(models.CharField(max_length=100))  # as customers write them, the first says most
    tickets = models.PositiveIntegerField()  # of customers who asked
    questions = models.PositiveIntegerField(default=0)  # to colleagues
    searches = models.PositiveIntegerField(default=0)  # that found no answer
    examples = ArrayField(models.BigIntegerField())  # ids of some of them, the newest first
    at = models.DateTimeField()

    class Meta:
        ordering = ["-tickets", "id"]

    def __str__(self) -> str:
        return f"{self.words[0]}: {self.tickets}"
