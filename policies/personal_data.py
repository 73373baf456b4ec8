"""Finding personal data in a text, with the checksums that keep false alarms low.

Digits of other scripts and full-width letters are read as their plain forms; offsets stay those of the given text. Each
search is linear in the text's length and finds at most MOST spans: one is already enough to say no.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import phonenumbers
import regex
from stdnum import iban, luhn
from stdnum.nl import bsn

from policies.identity_documents import document_numbers
from policies.phone_shapes import shaped_phones

MOST = 50

_GAP = "[ \u00a0\u202f\u200b-\u200d\u2060._-]"  # what people put between groups of digits, invisible characters too
_IBAN_START = regex.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}{_GAP}?[0-9]{_GAP}?[0-9]")
_IBAN_REST = regex.compile(rf"(?:{_GAP}{{0,2}}[A-Za-z0-9])")
_DIGIT_RUN = regex.compile(rf"(?<![\w/+])[0-9]++(?:{_GAP}[0-9]++)*+(?!\w)")
_DIGITS = regex.compile(r"[0-9]+")
_EMAIL = regex.compile(r"(?<![\w.+-])[\w.+%-]{1,64}+@(?:[\w-]{1,63}\.){1,6}\p{L}[\p{L}0-9-]{0,22}[\p{L}0-9](?![\w-])")
_POSTCODE = regex.compile(r"(?<![\w.,])(?P<number>[1-9][0-9]{3})(?P<gap>[ \u00a0]?)(?P<letters>[A-Za-z]{2})(?!\w)")
_NUMBER_AFTER = regex.compile(
    r"[\s,]{0,3}(?:(?:huis)?(?:nr|nummer|no)\b\.?:?\s{0,2})?[0-9]{1,5}(?:\s?-?[A-Za-z])?(?![\w.,]*[0-9])",
    regex.IGNORECASE,
)
_NUMBER_BEFORE = regex.compile(r"\p{L}{3,40}\.?\s[0-9]{1,5}(?:\s?-?[A-Za-z0-9]{1,4})?[\s,]{1,3}$")
_UNITS = frozenset(["KM", "MB", "GB", "TB", "KB", "CM", "MM", "KG", "ML", "WH"])
_NOT_ISSUED = frozenset({"SA", "SD", "SS"})  # letters that PostNL never gives out
_ENOUGH_DIGITS = regex.compile(r"(?:[0-9][^0-9\n]{0,6}){5}[0-9]")  # the shortest phone numbers of all have six
_IP_ADDRESS = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_COMPACT = regex.compile(r"[\W_]+")

_SERVICE_LINES = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.UAN,
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where it stands (code points), and the thing itself without spaces and signs, in capitals."""

    start: int
    end: int
    value: str


class OwnData:
    """What belongs to the company, and so may be said in public: addresses, `@domains`, numbers, in any spelling."""

    def __init__(self, entries: Iterable[str], country: str = "NL") -> None:
        given = tuple(entry.strip() for entry in entries if entry.strip())
        self._domains = tuple(entry.casefold() for entry in given if entry.startswith("@"))
        self._values = {_compact(entry) for entry in given}
        self._values |= {_compact(span.value) for entry in given for span in phones(entry, country, service_lines=True)}

    def __contains__(self, span: Span) -> bool:
        is_ours = any(span.value.casefold().endswith(domain) for domain in self._domains)
        return is_ours or _compact(span.value) in self._values


@lru_cache(maxsize=64)
def own_data(entries: tuple[str, ...], country: str) -> OwnData:
    """The same, kept: a company's list is read once and not for every reply."""
    return OwnData(entries, country)


def ibans(text: str) -> Iterator[Span]:
    """Bank account numbers: a registered country, its length and form, and mod 97 (ISO 13616)."""
    plain = _plain(text)
    return islice(_ibans(plain), MOST)


def _ibans(plain: str) -> Iterator[Span]:
    behind = 0
    for match in _IBAN_START.finditer(plain):
        if match.start() < behind:
            continue
        compact, end = _COMPACT.sub("", match[0]).upper(), match.end()
        wanted = _iban_length(compact[:2])
        while len(compact) < wanted and (more := _IBAN_REST.match(plain, end)):
            compact += more[0][-1].upper()
            end = more.end()
        runs_on = plain[end : end + 1].isalnum()
        if wanted and len(compact) == wanted and not runs_on and iban.is_valid(compact, check_country=False):
            behind = end
            yield Span(match.start(), end, compact)


@cache
def _iban_length(country: str) -> int:
    """How long an account number of a country is, 0 where the registry knows none."""
    _, details = iban._ibandb.info(country)[0]
    form = details.get("bban", "")
    return 4 + sum(int(size) for size in regex.findall(r"[0-9]+", form)) if form else 0


def citizen_numbers(text: str) -> Iterator[Span]:
    """Dutch citizen service numbers (BSN): nine digits that pass the 11-test."""
    return islice((span for span in _numbers(_plain(text), 9, 9) if bsn.is_valid(span.value)), MOST)


def cards(text: str) -> Iterator[Span]:
    """Payment cards: a known issuer's first digits and length, and Luhn's formula (ISO/IEC 7812)."""
    found = _numbers(_plain(text), 12, 19)
    return islice((span for span in found if _issued(span.value) and luhn.is_valid(span.value)), MOST)


def _issued(number: str) -> bool:
    size, two, three, four = len(number), int(number[:2]), int(number[:3]), int(number[:4])
    visa = number[0] == "4" and size in (13, 16, 19)
    mastercard = size == 16 and (51 <= two <= 55 or 2221 <= four <= 2720)
    american_express = size == 15 and two in (34, 37)
    discover = 16 <= size <= 19 and (four == 6011 or two == 65 or 644 <= three <= 649)
    diners = 14 <= size <= 19 and (two in (36, 38, 39) or 300 <= three <= 305)
    jcb = (16 <= size <= 19 and two == 35) or (size == 15 and four in (1800, 2131))
    uatp = size == 15 and number[0] == "1"
    maestro = 12 <= size <= 19 and (two in (50, 56, 57, 58, 63, 67) or four in (6304, 6759))
    union_pay = 16 <= size <= 19 and two == 62
    return visa or mastercard or american_express or discover or diners or jcb or uatp or maestro or union_pay


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    if "@" not in (plain := _plain(text)):
        return iter(())
    found = (Span(match.start(), match.end(), match[0]) for match in _EMAIL.finditer(plain))
    return islice(found, MOST)


def phones(text: str, country: str = "NL", *, service_lines: bool = False) -> Iterator[Span]:
    """Phone numbers that are valid in a numbering plan; `country` reads those without a country code.

    Free and shared-cost service lines are companies' and are left out unless asked for. The value is in E.164 form.
    """
    plain = _plain(text)
    if not _ENOUGH_DIGITS.search(plain):
        return
    already = [(span.start, span.end) for span in (*ibans(text), *cards(text))]
    matcher = phonenumbers.PhoneNumberMatcher(
        plain, country or None, leniency=phonenumbers.Leniency.VALID, max_tries=MOST * 10
    )
    for match in islice(matcher, MOST):
        already.append((match.start, match.end))
        if _IP_ADDRESS.fullmatch(match.raw_string) or _lies_in(already[:-1], match.start, match.end):
            continue
        if service_lines or not _is_service_line(match.number):
            yield Span(match.start, match.end, _as_dialled(match.number))
    for start, end in islice(shaped_phones(plain), MOST):
        number = _parsed(plain[start:end], country)
        if _lies_in(already, start, end) or (number and not service_lines and _is_service_line(number)):
            continue
        yield Span(start, end, _as_dialled(number) if number else _compact(plain[start:end]))


def _lies_in(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in spans)


def _parsed(text: str, country: str) -> Any:
    """The number that a text means in a country, or abroad where that is a valid one; None where it means none."""
    for region in (country or None, "US"):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None


def _as_dialled(number: Any) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_service_line(number: Any) -> bool:
    return phonenumbers.number_type(number) in _SERVICE_LINES


def addresses(text: str) -> Iterator[Span]:
    """Dutch postcodes with a house number beside them; a postcode alone is a whole street and no secret."""
    return islice(_addresses(_plain(text)), MOST)


def _addresses(plain: str) -> Iterator[Span]:
    for match in _POSTCODE.finditer(plain):
        letters = match["letters"]
        # "1500 km 3": two small letters after a space are a word far more often than a postcode.
        written_as_one = letters.isupper() or not match["gap"]
        if not written_as_one or letters.upper() in _NOT_ISSUED:
            continue
        behind = _NUMBER_AFTER.match(plain, match.end())
        before = _NUMBER_BEFORE.search(plain[max(match.start() - 60, 0) : match.start()])
        if letters.upper() in _UNITS and not (before and "," in before[0]):
            continue  # "1000 MB 5 times": only a street before it makes it a postcode
        if behind or before:
            start = match.start() - (len(before[0]) if before else 0)
            yield Span(start, behind.end() if behind else match.end(), match["number"] + letters.upper())


def passports(text: str) -> Iterator[Span]:
    """Numbers of passports and identity cards, beside a word that says so or in the machine-readable zone."""
    plain = _plain(text)
    found = (Span(start, end, _COMPACT.sub("", plain[start:end]).upper()) for start, end in document_numbers(plain))
    return islice(found, MOST)


def _numbers(plain: str, shortest: int, longest: int) -> Iterator[Span]:
    """Every number of so many digits that neighbouring groups of digits may be meant as: “4111 1111 1111 1111 123”."""
    for run in _DIGIT_RUN.finditer(plain):
        groups = tuple(_DIGITS.finditer(plain, run.start(), run.end()))
        for first, group in enumerate(groups):
            digits = ""
            for last in groups[first : first + longest]:
                digits += last[0]
                if len(digits) > longest:
                    break
                if len(digits) >= shortest:
                    yield Span(group.start(), last.end(), digits)


def _compact(value: str) -> str:
    return _COMPACT.sub("", value).casefold()


@lru_cache(maxsize=4)  # all searches of one check look at the same text
def _plain(text: str) -> str:
    """The same text, code point for code point, with digits and letters in their plain Latin forms."""
    return text if text.isascii() else "".join(map(_plain_character, text))


@lru_cache(maxsize=4_096)
def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
