"""Which customers may be one person, and why: suggestions that explain themselves, worked out when somebody looks.

Each kind of hint is one or two questions to an index, however many customers there are, and reads a few rows only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q, QuerySet

from desk.actions.customers.masking import COUNTRY, reference_patterns
from desk.common.few import some
from desk.tickets.models import ERASED, Customer, Message, NotSamePerson, Profile, Ticket
from desk.tickets.names import NameWords, beginning_with
from policies.personal_data import emails, own_data
from policies.same_person import Hint, Named, account_key, accounts_named, is_called, plain_handle

MOST = 5  # suggestions
_READ = 50  # messages of the customer, the newest
_CLOSE = 50  # rows that a question may find
_LOOKED_FOR = 5  # handles, or addresses and references


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an account of this customer and one of another may be one person's. `said` is the handle or the words."""

    hint: Hint
    said: str
    ours: Profile
    theirs: Profile


@dataclass(frozen=True, slots=True)
class Suggestion:
    customer: Customer
    reasons: Sequence[Reason]  # the strongest first


def suggestions(customer: Customer) -> list[Suggestion]:
    """Other customers who may be this person, the likeliest first. Nothing that somebody dismissed, nobody erased."""
    if customer.erased_at is not None:
        return []
    accounts = [one for one in customer.profiles.all() if not one.external_id.startswith(ERASED)]
    if not accounts:
        return []
    said = _said_by(accounts)
    found = [
        *_told_us(said),
        *_told_of(accounts),
        *_links(accounts),
        *_private(customer, said),
        *_same_handle(accounts),
    ]
    return _ranked(customer, _not_dismissed(found))


def _others(customer_ids: Iterable[int]) -> QuerySet[Profile]:
    rows = Profile.objects.select_related("customer").exclude(customer__in=set(customer_ids))
    return rows.filter(customer__erased_at=None)


def _same_handle(accounts: Sequence[Profile]) -> Iterator[Reason]:
    for ours in accounts[:_LOOKED_FOR]:
        plain = plain_handle(ours.handle)
        for theirs in _called_like(plain, accounts) if plain else ():
            if theirs.network != ours.network and plain_handle(theirs.handle) == plain:
                yield Reason(Hint.HANDLE, theirs.handle, ours, theirs)


def _called_like(handle: str, accounts: Sequence[Profile]) -> QuerySet[Profile]:
    question = beginning_with(handle)
    if question is None:
        return Profile.objects.none()
    hits = Profile.objects.alias(words=NameWords(F("name"), F("handle"))).filter(words=question)
    return _others(one.customer_id for one in accounts).filter(pk__in=some(hits.values_list("pk", flat=True), _CLOSE))


def _told_us(said: Sequence[Message]) -> Iterator[Reason]:
    """The customer wrote what their account elsewhere is."""
    named = [
        (account, message.profile)
        for message in said
        for account in accounts_named(message.text)
        if message.profile is not None
    ]
    yield from _owners(Hint.TOLD, [(account, ours) for account, ours in named if account.network != ours.network])


def _owners(hint: Hint, named: Sequence[tuple[Named, Profile]]) -> Iterator[Reason]:
    """The accounts that were named, where the desk knows them."""
    for account, ours in list(dict.fromkeys(named))[:_LOOKED_FOR]:
        for theirs in _called_like(account.handle, [ours]):
            if is_called(account, theirs.network, theirs.handle):
                yield Reason(hint, theirs.handle, ours, theirs)


def _told_of(accounts: Sequence[Profile]) -> Iterator[Reason]:
    """Somebody wrote on another network that one of these accounts is theirs."""
    for ours in [one for one in accounts if len(account_key(one.handle)) >= 4][:_LOOKED_FOR]:
        for message in _saying(account_key(ours.handle), private=None):
            theirs = message.profile
            if theirs is None or theirs.network == ours.network or theirs.customer_id == ours.customer_id:
                continue
            if any(is_called(account, ours.network, ours.handle) for account in accounts_named(message.text)):
                yield Reason(Hint.TOLD, ours.handle, ours, theirs)


def _links(accounts: Sequence[Profile]) -> Iterator[Reason]:
    """A profile names the other account, either way."""
    for ours in accounts[:_LOOKED_FOR]:
        yield from _owners(Hint.LINK, [(account, ours) for account in accounts_named(ours.links)])
        question = beginning_with(account_key(ours.handle))
        if question is None:
            continue
        hits = Profile.objects.exclude(links="").alias(words=NameWords(F("links"))).filter(words=question)
        for theirs in _others([ours.customer_id]).filter(pk__in=some(hits.values_list("pk", flat=True), _CLOSE)):
            if any(is_called(account, ours.network, ours.handle) for account in accounts_named(theirs.links)):
                yield Reason(Hint.LINK, ours.handle, ours, theirs)


def _private(customer: Customer, said: Sequence[Message]) -> Iterator[Reason]:
    """The same e-mail address, or the same reference of the company's, in private messages of both."""
    wanted: dict[tuple[Hint, str], Profile] = {}
    for message in said:
        if message.private and message.profile is not None:
            for key in _identifying(message.text):
                wanted.setdefault(key, message.profile)
    for (hint, value), ours in list(wanted.items())[:_LOOKED_FOR]:
        for message in _saying(value, private=True):
            theirs = message.profile
            if theirs is not None and theirs.customer_id != customer.pk and (hint, value) in _identifying(message.text):
                yield Reason(hint, value, ours, theirs)


def _identifying(text: str) -> set[tuple[Hint, str]]:
    ours = own_data(tuple(settings.OWN_DETAILS), COUNTRY)
    found = {(Hint.EMAIL, span.value.casefold()) for span in emails(text) if span not in ours}
    for patterns in reference_patterns():
        found |= {(Hint.REFERENCE, text[start:end].casefold()) for start, end in patterns.spans(text)}
    return found


def _said_by(accounts: Sequence[Profile]) -> list[Message]:
    """The newest first; on tickets that were merged others may have written too."""
    rows = Message.objects.filter(profile__in=accounts, outgoing=False, deleted_at=None, erased_at=None)
    return list(rows.select_related("profile").defer("search").order_by("-id")[:_READ])


def _saying(words: str, *, private: bool | None) -> QuerySet[Message]:
    """Messages of customers with these words in this order, whatever language they are in."""
    said = Message.objects.filter(outgoing=False, deleted_at=None, ticket__isnull=False).extra(
        where=[
            "search @@ (phraseto_tsquery('dutch', %s) || phraseto_tsquery('english', %s)"
            " || phraseto_tsquery('simple', %s))"
        ],
        params=[words, words, words],
    )
    if private is not None:
        said = said.filter(private=private)
    rows = Message.objects.filter(
        pk__in=some(said.values_list("pk", flat=True), _CLOSE), profile__customer__erased_at=None
    )
    return rows.select_related("profile__customer").defer("search")


def _not_dismissed(reasons: Iterable[Reason]) -> list[Reason]:
    reasons = list(reasons)
    pairs = {frozenset((one.ours.pk, one.theirs.pk)) for one in reasons}
    ids = {pk for pair in pairs for pk in pair}
    said = NotSamePerson.objects.filter(Q(first__in=ids), Q(second__in=ids)).values_list("first_id", "second_id")
    dismissed = {frozenset(pair) for pair in said}
    return [one for one in reasons if frozenset((one.ours.pk, one.theirs.pk)) not in dismissed]


def _in_drills(customer_ids: Iterable[int]) -> dict[int, set[bool]]:
    """Whether these are people of drills, or real."""
    found: dict[int, set[bool]] = defaultdict(set)
    rows = Ticket.objects.filter(customer__in=set(customer_ids)).values_list("customer", "inbox__drill").distinct()
    for pk, drill in rows:
        found[pk].add(drill)
    return found


def _ranked(customer: Customer, reasons: Iterable[Reason]) -> list[Suggestion]:
    reasons = [one for one in reasons if one.theirs.customer_id != customer.pk]
    played = _in_drills({customer.pk} | {one.theirs.customer_id for one in reasons})
    strength = {hint: place for place, hint in enumerate(Hint)}
    by_customer: dict[int, dict[tuple[Hint, str], Reason]] = {}
    for one in reasons:
        if len(played[customer.pk] | played[one.theirs.customer_id]) < 2:
            by_customer.setdefault(one.theirs.customer_id, {}).setdefault((one.hint, one.said), one)
    found = [sorted(given.values(), key=lambda one: strength[one.hint]) for given in by_customer.values()]
    found.sort(key=lambda given: (strength[given[0].hint], -len(given), given[0].theirs.customer_id))
    return [Suggestion(given[0].theirs.customer, given) for given in found[:MOST]]
