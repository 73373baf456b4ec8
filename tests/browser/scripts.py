"""A page with the desk's scripts and without the desk, for what scripts do by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from desk import web

STATIC = Path(web.__file__).parent / "static" / "desk"


@contextmanager
def page_with(browser: Browser, html: str) -> Iterator[Page]:
    """A page that shows this; what it imports are the desk's own scripts."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name:
            route.fulfill(path=STATIC / name, content_type="text/javascript")
        else:
            route.fulfill(body=f"<!doctype html><body>{html}</body>", content_type="text/html")

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto("http://desk.invalid/")
    yield page
    page.close()
