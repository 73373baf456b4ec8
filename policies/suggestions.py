"""Which canned response may answer what a customer said: tf-idf over the messages that each has answered before.

What is kept of a message is its words, each counted once for the canned response that answered it: no text, no order,
no numbers, names of accounts, links or addresses. A new use adds to the counts; nothing is ever counted anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import regex

from policies.words import words_of

MOST_TERMS = 60  # of one message
SHORTEST, LONGEST = 3, 30  # letters of a word that says something
FEWEST_USES = 3  # that a canned response needs before it is suggested
LEAST = 0.12  # of what was said that it must account for
MOST = 3  # suggestions at a time
_READ = 5_000  # characters of a message
_PERSONAL = regex.compile(r"https?://\S++|#\w++|(?<!\S)(?=\S*[@0-9])\S++")
_SMALL = frozenset(
    """
    aan als bij dan dat deze die dit door een geen haar heb hebben heeft het hoe hun ik ben is jij jullie kan maar meer
    met mij mijn moet naar niet nog nou nu om onze ook over te toch uit van veel voor waar wat weer wel wie wij worden
    wordt zal zich zijn zo zou was waren hij zij hallo hoi goed graag dank bedankt groet
    about after all and any are been but can could did does for from get had has have her here him his how its just
    may more not now our out she should some than that the their them then there these they this too was were what when
    where which who why will with would you your hello hey please thanks thank
    """.split()
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What past uses taught of one canned response: how many, and in how many of them each asked-for term stood."""

    id: int
    uses: int
    terms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: int
    score: float  # 0 to 1: how much of what was said past messages account for


def terms_of(text: str) -> tuple[str, ...]:
    """The words of a message that may tell what it is about, each once, in order."""
    found = dict.fromkeys(
        word.folded
        for word in words_of(_PERSONAL.sub(" ", text[:_READ]))
        if SHORTEST <= len(word.folded) <= LONGEST and word.folded not in _SMALL
    )
    return tuple(found)[:MOST_TERMS]


def suggest(asked: Sequence[str], learned: Sequence[Learned], known: int) -> tuple[Suggestion, ...]:
    """The likeliest first, at most MOST. `known` is how many canned responses were taught anything at all.

    `learned` has everything that was taught of the asked-for terms, so that it shows how rare each of them is.
    """
    if not asked or not known:
        return ()
    rarity = {term: log(1 + known / (1 + sum(term in one.terms for one in learned))) for term in asked}
    whole = sum(rarity.values())
    scored = [
        Suggestion(one.id, sum(rarity[term] * min(one.terms.get(term, 0) / one.uses, 1) for term in asked) / whole)
        for one in learned
        if one.uses >= FEWEST_USES
    ]
    likely = sorted((one for one in scored if one.score >= LEAST), key=lambda one: (-one.score, one.id))
    return tuple(likely[:MOST])
