"""What colleagues and tickets have answered, as something that the next colleague may read: whether it is worth it,
and the words without the people in them.
"""

from collections.abc import Iterable
from enum import StrEnum

import regex

FEWEST_LETTERS = 60  # of an answer of a ticket: less is a courtesy
FEWEST_WORDS = 3  # of a question
LONGEST_TITLE = 110  # characters
ALIKE = 0.5  # that two questions, or two answers, share to be the same
GONE = "…"
_ACCOUNT = regex.compile(r"(?<![\p{L}\p{N}.])@[\p{L}\p{N}_.@-]*[\p{L}\p{N}_]")
_ADDRESSED = regex.compile(r"^\s*(?:@[\p{L}\p{N}_.@-]+[\s,:]+)+")
_SIGNED = regex.compile(r"\s*[\^~*/|-]\s?\p{Lu}{1,4}\s*$")
_ENDS = regex.compile(r"(?<=[.!?])\s+|\n+")


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"  # as it was
    EDITED = "edited"  # approved in other words
    REJECTED = "rejected"


def is_question(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS


def is_answer(text: str) -> bool:
    """Whether it says enough to be of use to somebody else."""
    return sum(letter.isalpha() for letter in text) >= FEWEST_LETTERS


def without_people(text: str, names: Iterable[str]) -> str:
    """The text without these names, whole or in part, without accounts, and without the initials that sign it."""
    text = _ACCOUNT.sub(GONE, _SIGNED.sub("", _ADDRESSED.sub("", text)))
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 2}
    if parts:
        either = "|".join(regex.escape(part) for part in sorted(parts, key=len, reverse=True))
        text = regex.sub(
            rf"(?<![\p{{L}}\p{{N}}])(?:{either})(?:['’]?s)?(?![\p{{L}}\p{{N}}])", GONE, text, flags=regex.I
        )
    return text.strip()


def title_of(question: str) -> str:
    """The sentence that asks, else the first that says something; never longer than a title."""
    sentences = [" ".join(one.replace(GONE, " ").split()) for one in _ENDS.split(question)]
    sentences = [one for one in sentences if one]
    asks = next((one for one in sentences if one.endswith("?") and is_question(one)), None)
    best = asks or next((one for one in sentences if is_question(one)), sentences[0] if sentences else "")
    return best if len(best) <= LONGEST_TITLE else best[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
