"""Personal data has no place in an answer that everybody can read."""

from collections.abc import Iterable, Iterator
from itertools import islice

from policies import personal_data
from policies.asking import asked_data
from policies.facts import ReplyFacts, Visibility
from policies.findings import MOVE_TO_PRIVATE, Fix, FixKind, Severity
from policies.masking import masked
from policies.options import Options, PatternList
from policies.personal_data import MOST, Span
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


@rule("personal_data.passport", Severity.BLOCK, only=Visibility.PUBLIC)
def identity_document(facts: ReplyFacts) -> Iterator[Spot]:
    """Numbers of passports and identity cards."""
    return _spots(personal_data.passports(facts.text), facts)


@rule(
    "personal_data.reference",
    Severity.BLOCK,
    only=Visibility.PUBLIC,
    options=(
        PatternList(
            "patterns",
            en="What your order, booking and customer numbers look like, such as VL-\\d{6}.",
            nl="Hoe jullie order-, boekings- en klantnummers eruitzien, zoals VL-\\d{6}.",
            needed=True,
        ),
    ),
)
def company_reference(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """The company's own references open somebody's file for whoever reads them."""
    spans = islice(options["patterns"].spans(facts.text), MOST)
    return (_spot(start, end, facts) for start, end in spans)


@rule("personal_data.asked", Severity.WARN, only=Visibility.PUBLIC)
def asks_in_public(facts: ReplyFacts) -> Iterator[Spot]:
    """Personal data is asked for by a private way only."""
    return (Spot(start, end, fixes=(MOVE_TO_PRIVATE,)) for start, end in asked_data(facts.words, facts.text))


def _spots(spans: Iterable[Span], facts: ReplyFacts) -> Iterator[Spot]:
    own = personal_data.own_data(facts.own, facts.country)
    return (_spot(span.start, span.end, facts) for span in spans if span not in own)


def _spot(start: int, end: int, facts: ReplyFacts) -> Spot:
    mask = Fix(FixKind.MASK, start, end, masked(facts.text[start:end]))
    return Spot(start, end, fixes=(MOVE_TO_PRIVATE, mask))
