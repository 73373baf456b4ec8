"""A customer's text for who may not see whose data stands in it: the same text, masked wherever a search finds any.

False alarms cost a colleague one look that is written down, so this finds all that the rules for public answers find.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import regex

from policies import personal_data
from policies.masking import mask
from policies.personal_data import MOST, OwnData, Span
from policies.reference_patterns import Patterns

Search = Callable[[str], Iterable[Span]]
_SEARCHES: tuple[Search, ...] = (
    personal_data.ibans, personal_data.citizen_numbers, personal_data.cards, personal_data.emails,
    personal_data.addresses, personal_data.passports,
)  # fmt: skip
_MAY_HOLD_ANY = regex.compile(r"[\p{N}@\N{FULLWIDTH COMMERCIAL AT}]")
_TAIL = 40  # characters: the longest account number, in groups of four
_CUT_WORD = regex.compile(r"\S*[\p{N}@]\S*")


def hidden(
    text: str, own: OwnData, country: str = "NL", references: Iterable[Patterns] = (), *, cut: bool = False
) -> str:
    """The text with everybody's data masked but the company's own, as many code points long as before.

    `references` are a company's own patterns. `cut`: the text goes on where we do not see it, so that what stands at
    its end may be the beginning of a number: whatever looks like one is masked there as well.
    """
    spans = [span for patterns in references for span in patterns.spans(text)]
    if _MAY_HOLD_ANY.search(text):
        spans += _personal(text, own, country)
        if cut:
            behind = max(len(text) - _TAIL, 0)
            spans += [match.span() for match in _CUT_WORD.finditer(text, behind)]
    return mask(text, spans) if spans else text


def _personal(text: str, own: OwnData, country: str) -> Iterator[tuple[int, int]]:
    searches: tuple[Search, ...] = (*_SEARCHES, partial(personal_data.phones, country=country))
    for search in searches:
        found = list(search(text))
        yield from ((span.start, span.end) for span in found if span not in own)
        if len(found) >= MOST:  # it stopped looking there
            yield max(span.end for span in found), len(text)
