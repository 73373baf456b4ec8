"""The addresses of the desk, and how one of them is tried."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

PLACES = re.compile(r"<\w+:(\w+)>|\(\?P<(\w+)>")  # in addresses of both kinds


def tried(client: Client, address: str, posted: dict[str, Any] | None) -> HttpResponseBase:
    """Each finds the desk as it was; nothing `posted` is a look."""
    with transaction.atomic():
        answer = client.get(address) if posted is None else client.post(address, posted)
        transaction.set_rollback(True)
    return answer


def got_in(answer: HttpResponseBase) -> bool:
    """To the page, or to what follows from what was posted."""
    at_the_door = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return answer.status_code in (200, 204, 302, 303) and not at_the_door


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Each with its whole route."""

    def within(patterns: Iterable[URLPattern | URLResolver], above: str) -> Iterator[tuple[str, URLPattern]]:
        for one in patterns:
            route = above + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from within(one.url_patterns, route)
            else:
                yield route, one

    yield from within(get_resolver().url_patterns, "")


def is_of(one: URLPattern, package: str, modules: tuple[str, ...]) -> bool:
    """Whether one of these modules answers there."""
    return one.callback.__module__ in {f"{package}.{name}" for name in modules}


def parameters_of(name: str) -> list[str]:
    """What stands in an address."""
    (route,) = [route for route, one in patterns() if one.name == name]
    return [place[1] or place[2] for place in PLACES.finditer(route)]
