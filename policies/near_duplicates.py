"""Whether a text says the same as others that went out lately, so that a network could take them for spam.

A digest is a few small numbers that a desk can keep beside a reply: it gives no text back. What differs from customer
to customer (names of accounts, links, numbers, the signature) is left out of it.
"""

from collections.abc import Iterable
from zlib import crc32

import regex

from policies.words import words_of

Digest = tuple[int, ...]  # ascending, of 32 bits each; equal texts have equal digests in every process

KEPT = 64  # of the numbers of a long text; those of most replies are all kept
_SHINGLE = 3  # words
_FEWEST_WORDS = 5  # a shorter text is a courtesy that everybody gets: “Dank je wel!”
_PERSONAL = regex.compile(r"https?://\S++|[@#^]\w++|\d[\d.,:/-]*+")


def digest(text: str) -> Digest:
    """What to keep of a text, empty where it is too short to be anything but a courtesy."""
    words = [word.folded for word in words_of(_PERSONAL.sub(" ", text))]
    if len(words) < _FEWEST_WORDS:
        return ()
    shingles = {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
    return tuple(sorted({crc32(shingle.encode("utf-8", "surrogatepass")) for shingle in shingles})[:KEPT])


def similarity(one: Digest, other: Digest) -> float:
    """How much two texts share, from 0 to 1 (Jaccard, estimated from the smallest numbers of both)."""
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[:KEPT]
    both = set(one) & set(other)
    return sum(number in both for number in smallest) / len(smallest)


def alike(one: Digest, others: Iterable[Digest], least: float) -> int:
    """How many of the others share at least so much with it."""
    mine = set(one)
    return sum(
        # What they have in common over the longer of both is the most that it can be; most others fall out here.
        len(mine.intersection(other)) >= least * max(len(one), len(other)) and similarity(one, other) >= least
        for other in others
    )
