"""Files of colleagues below what they went along with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desk.actions.customers.masking import Eyes
from desk.common.files import KeptFile


@dataclass(frozen=True, slots=True)
class Shown:
    """One of them; its name is masked as words are."""

    pk: int
    kind: str
    name: str
    url: str
    is_picture: bool
    is_film: bool


def shown(rows: Iterable[KeptFile], eyes: Eyes, by: int | None, url: Callable[[int], str]) -> list[Shown]:
    """`by`: who handed them in; `url` says where one is for this reader."""
    return [
        Shown(
            one.pk,
            one.kind,
            eyes.read(one.name, by=by),
            url(one.pk),
            is_picture=one.shown and one.kind == "image",
            is_film=one.shown and one.kind == "video",
        )
        for one in rows
    ]
