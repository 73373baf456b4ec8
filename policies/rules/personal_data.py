"""Personal data has no place in an answer that everybody can read."""

from collections.abc import Iterable, Iterator

from policies import personal_data
from policies.facts import ReplyFacts, Visibility
from policies.findings import Severity
from policies.personal_data import Span
from policies.registry import Spot, rule


@rule("personal_data.iban", Severity.BLOCK, only=Visibility.PUBLIC)
def account_number(facts: ReplyFacts) -> Iterator[Spot]:
    """Bank account numbers of every country, checked by mod 97."""
    return _spots(personal_data.ibans(facts.text), facts)


@rule("personal_data.bsn", Severity.BLOCK, only=Visibility.PUBLIC)
def citizen_number(facts: ReplyFacts) -> Iterator[Spot]:
    """Dutch citizen service numbers, checked by the 11-test."""
    return _spots(personal_data.citizen_numbers(facts.text), facts)


@rule("personal_data.card", Severity.BLOCK, only=Visibility.PUBLIC)
def card_number(facts: ReplyFacts) -> Iterator[Spot]:
    """Payment cards of the known issuers, checked by Luhn's formula."""
    return _spots(personal_data.cards(facts.text), facts)


@rule("personal_data.email", Severity.BLOCK, only=Visibility.PUBLIC)
def email_address(facts: ReplyFacts) -> Iterator[Spot]:
    """E-mail addresses but the company's own."""
    return _spots(personal_data.emails(facts.text), facts)


@rule("personal_data.phone", Severity.BLOCK, only=Visibility.PUBLIC)
def phone_number(facts: ReplyFacts) -> Iterator[Spot]:
    """Phone numbers that exist in their country's plan, but the company's own and free service numbers."""
    return _spots(personal_data.phones(facts.text, facts.country), facts)


@rule("personal_data.postcode", Severity.BLOCK, only=Visibility.PUBLIC)
def address(facts: ReplyFacts) -> Iterator[Spot]:
    """A Dutch postcode with a house number is one front door."""
    return _spots(personal_data.addresses(facts.text), facts)


def _spots(spans: Iterable[Span], facts: ReplyFacts) -> Iterator[Spot]:
    own = personal_data.own_data(facts.own, facts.country)
    return (Spot(span.start, span.end) for span in spans if span not in own)
