"""Which cause a ticket may have: naive Bayes over the words of tickets to which colleagues gave one before.

Of each cause is known how many tickets got it, and in how many of these each word stood. A word speaks for a cause as
far as it is more frequent among its tickets than among all; both shares are drawn towards no difference as if
`SEEN_BEFORE` tickets had said so. The words of a cause's own name count as if `NAMED` tickets had held them, so that
the first ticket of all gets a suggestion too. Words of one text say much the same, and the sum of what they say is
halved for it (`TEMPER`): unhalved, naive Bayes is always certain.

A word is kept as a number from which nobody can read it (`policies.learned_mood`): what explains a suggestion are the
words of the ticket itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from policies.learned_mood import number_of
from policies.suggestions import terms_of

SEEN_BEFORE = 4.0  # tickets
NAMED = 3.0  # tickets
TEMPER = 0.5  # of what the words say together
SPEAKS = 1.3  # times as frequent as elsewhere: from here on a word is told as a reason
LEAST = 0.05  # likelihood of what is suggested
MOST = 3  # suggestions at a time
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What choices taught of one cause. `words`: in how many of its tickets each word stood, by its number."""

    id: int
    tickets: int
    words: Mapping[int, int]
    named: frozenset[int] = frozenset()  # the words of its name


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the ticket that speaks for a cause: in `here` of `of` tickets of this cause, and how often among all
    others. `named`: it stands in the name of the cause.
    """

    word: str
    here: int
    of: int
    elsewhere: int
    of_others: int
    named: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """`likely`: 0 to 1, among the causes on offer."""

    id: int
    likely: float
    reasons: tuple[Reason, ...] = field(default=())


def words_in(texts: Iterable[str]) -> dict[int, str]:
    """The words that may tell a cause, by the numbers under which they are kept."""
    return {number_of(word): word for word in terms_of("\n".join(texts))}


def guess(said: Mapping[int, str], known: Sequence[Known]) -> tuple[Guess, ...]:
    """The likeliest causes of a ticket first, at most MOST; none without a word that speaks for it.

    `said` is as `words_in` gives it. `known` holds every cause on offer, with what was taught of these words.
    """
    if not said or not known:
        return ()
    tickets = sum(one.tickets for one in known)
    usual = {
        number: (sum(_count(one, number) for one in known) + 0.5) / (tickets + NAMED * len(known) + 1)
        for number in said
    }
    scores = {one.id: _score(one, said, usual, tickets + len(known)) for one in known}
    highest = max(scores.values())
    whole = sum(exp(score - highest) for score in scores.values())
    likely = [
        Guess(one.id, exp(scores[one.id] - highest) / whole, reasons)
        for one in known
        if (reasons := _reasons(one, said, usual, known, tickets))
    ]
    return tuple(sorted((one for one in likely if one.likely >= LEAST), key=lambda one: (-one.likely, one.id))[:MOST])


def _count(one: Known, number: int) -> float:
    return one.words.get(number, 0) + NAMED * (number in one.named)


def _share(one: Known, number: int, usual: float) -> float:
    """Of its tickets, those that hold this word."""
    named = NAMED * (number in one.named)
    return (_count(one, number) + SEEN_BEFORE * usual) / (one.tickets + named + SEEN_BEFORE)


def _score(one: Known, said: Iterable[int], usual: Mapping[int, float], whole: int) -> float:
    words = sum(log(_share(one, number, usual[number]) / usual[number]) for number in said)
    return log((one.tickets + 1) / whole) + TEMPER * words


def _reasons(
    one: Known, said: Mapping[int, str], usual: Mapping[int, float], known: Sequence[Known], tickets: int
) -> tuple[Reason, ...]:
    """The words that speak loudest for it."""
    found = []
    for number, word in said.items():
        times = _share(one, number, usual[number]) / usual[number]
        here, named = one.words.get(number, 0), number in one.named
        if (times >= SPEAKS and here) or (named and times > 1):
            elsewhere = sum(other.words.get(number, 0) for other in known) - here
            found.append((times, Reason(word, here, one.tickets, elsewhere, tickets - one.tickets, named)))
    found.sort(key=lambda pair: (-pair[0], pair[1].word))
    return tuple(reason for _times, reason in found[:MOST_REASONS])
