"""Facebook's ids: page-scoped people, conversations, posts, comments and messages.

A person has another id on every page (PSID), and a conversation is a page and a person. Both are made from the person's
own number by a permutation that belongs to the page, so they can be turned back and nothing has to be looked up.
"""

import base64
import hashlib
import random

_PRIME = 10**17 - 3  # the largest prime of 17 digits, as long as PSIDs are


def page_id(handle: str) -> str:
    """A page's id: as long as real ones, the same for the same handle."""
    return str(random.Random(f"facebook:{handle.lower()}").randrange(10**14, 10**15))  # noqa: S311 - a name, no secret


def person_id(handle: str) -> str:
    """A person's own number, which no page ever sees."""
    return str(int.from_bytes(hashlib.sha256(f"facebook:{handle.casefold()}".encode()).digest()[:8]) % _PRIME)


def _permutation(scope: str) -> tuple[int, int]:
    digest = hashlib.sha256(scope.encode()).digest()
    return int.from_bytes(digest[:16]) % (_PRIME - 1) + 1, int.from_bytes(digest[16:]) % _PRIME


def _scoped(scope: str, number: str) -> str:
    factor, offset = _permutation(scope)
    return str((int(number) * factor + offset) % _PRIME)


def _unscoped(scope: str, number: str) -> str:
    """The number that `_scoped` was given; "" for what is no such number."""
    if not (number.isascii() and number.isdigit()) or len(number) > len(str(_PRIME)):
        return ""
    factor, offset = _permutation(scope)
    return str((int(number) - offset) * pow(factor, -1, _PRIME) % _PRIME)


def psid(page: str, person: str) -> str:
    """The page-scoped id of a person."""
    return _scoped(f"person:{page}", person)


def person_of(page: str, scoped: str) -> str:
    """Whose page-scoped id this is."""
    return _unscoped(f"person:{page}", scoped)


def conversation(page: str, person: str) -> str:
    """The id of the conversation of a page and a person."""
    return "t_" + _scoped(f"conversation:{page}", person)


def person_in(page: str, conversation_id: str) -> str:
    """Who a page talks to in a conversation."""
    return _unscoped(f"conversation:{page}", conversation_id.removeprefix("t_"))


def message(position: int) -> str:
    """A message's id (mid)."""
    digest = hashlib.sha512(f"message:{position}".encode()).digest()[:48]
    return "m_" + base64.urlsafe_b64encode(digest).decode()


def comment(root: str, position: int) -> str:
    """A comment's id: the number of the post, then its own."""
    return f"{root.rpartition('_')[2]}_{position}"
