"""The topics that are counted by themselves, as a batch of ingest asks for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from desk.signals.models import Topic
from policies.crisis_scope import is_about, words_of

LETTERS_READ = 5_000  # of one message


def all_topics() -> ArraySubquery:
    """A column more of a row that is read anyway, so that a desk without topics asks nothing."""
    return ArraySubquery(Topic.objects.order_by("pk").values(one=JSONObject(id="pk", words="words")))


class Topics:
    """Which of them a text is about. False where there are none."""

    def __init__(self, kept: Iterable[Mapping[str, Any]] = ()) -> None:
        self._topics = [(int(one["id"]), str(one["words"])) for one in kept]

    def __bool__(self) -> bool:
        return bool(self._topics)

    def of(self, text: str) -> list[int]:
        words = words_of(text[:LETTERS_READ])
        return [pk for pk, topic in self._topics if is_about(topic, words)]
