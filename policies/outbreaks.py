"""Many who write almost the same: posts grouped by their digests, and what their words have in common."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policies.crisis_scope import LONGEST_TOPIC, words_of
from policies.near_duplicates import Digest, similarity

LEAST = 0.5  # that two posts share: the same words with another beginning or end
SHARED_BY = 0.8  # of the posts of a group: words that tell what it is about
WORDS_IN_TOPIC = 4
SHORTEST_WORD = 4  # letters; shorter ones tell nothing


@dataclass(frozen=True, slots=True)
class Post:
    """`author` is any number that stands for one person."""

    id: int
    author: int
    digest: Digest
    text: str = ""


@dataclass(slots=True)
class Group:
    """Posts that are almost the same as the first of them."""

    first: Post
    posts: list[Post] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({post.author for post in self.posts})


def groups(posts: Iterable[Post], least_people: int) -> list[Group]:
    """Those of so many people at least, the largest first. Posts in the order of time; each is in one group.

    A post is compared with the groups that share one of its numbers, and with their first post only.
    """
    found: list[Group] = []
    by_number: dict[int, list[int]] = {}
    for post in posts:
        if not post.digest:
            continue
        shared = Counter(place for number in post.digest for place in by_number.get(number, ()))
        best = next(
            (place for place, _count in shared.most_common(5) if _is_alike(found[place].first.digest, post.digest)),
            None,
        )
        if best is None:
            best = len(found)
            found.append(Group(post))
            for number in post.digest:
                by_number.setdefault(number, []).append(best)
        found[best].posts.append(post)
    large = [group for group in found if group.people >= least_people]
    return sorted(large, key=lambda group: -group.people)


def is_same(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two groups, told by their first posts, are the same outbreak."""
    return _is_alike(tuple(one), tuple(other))


def topic_of(group: Group) -> str:
    """A few words that most of its posts have, longest first, as a topic that finds them; "" where there are none."""
    counted = Counter(word for post in group.posts for word in words_of(post.text))
    needed = SHARED_BY * len(group.posts)
    shared = [word for word, count in counted.items() if count >= needed and len(word) >= SHORTEST_WORD]
    telling = sorted((word for word in shared if not word.isdigit()), key=lambda word: (-len(word), word))
    topic = ""
    for word in telling[:WORDS_IN_TOPIC]:
        longer = f"{topic} {word}".strip()
        if len(longer) <= LONGEST_TOPIC:
            topic = longer
    return topic


def _is_alike(one: Digest, other: Digest) -> bool:
    return similarity(one, other) >= LEAST
