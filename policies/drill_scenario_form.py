"""The document in which people write down a scenario, and its way into a `Scenario`.

README.md describes it. `parse` refuses one with everything that is wrong with it, each with its path.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import regex

from policies.crisis_states import Level
from policies.drill_scenario import USUAL_NORMAL, Crowd, Fault, FaultKind, Phase, Post, Scenario, Words
from policies.drill_scenario_messages import MESSAGES
from policies.form_problems import FormRefused, shown
from policies.rulebook_messages import MESSAGES as COMMON
from policies.rulebook_reading import Problem, Reading, within

KEYS = ("key", "title", "about", "level", "normal_per_hour", "wrap_up_minutes", "phases")
PHASE_KEYS = ("name", "minutes", "posts", "crowd", "faults")
POST_KEYS = ("at", "author", "followers", "text", "key", "reply_to", "private")
CROWD_KEYS = ("count", "from", "to", "followers", "text", "reply_to", "private")
FAULT_KEYS = ("kind", "at", "minutes")
LANGUAGES = ("nl", "en")
LARGEST = 200_000  # characters of the document
MOST_PHASES, MOST_LINES, MOST_VARIANTS = 20, 200, 50
MOST_POSTS = 20_000
MOST_NORMAL = 1_000  # posts an hour
LONGEST_TITLE, LONGEST_ABOUT, LONGEST_POST = 80, 1_000, 2_000  # characters
LONGEST_PHASE = 24 * 60  # minutes
MOST_FOLLOWERS = 1_000_000_000
WRAP_UP = 30  # minutes
_KEY = regex.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_AUTHOR = regex.compile(r"[a-z0-9_]{2,24}")


class ScenarioFault(Problem):
    """One thing of a scenario to correct; the path is as in `phases[0].posts[2].reply_to`."""

    messages = {**COMMON, **MESSAGES}


class ScenarioProblem(FormRefused):
    """A document that is no scenario, with everything that is wrong with it."""


def parse(document: object) -> Scenario:
    """The scenario that a document describes. Raises `ScenarioProblem`."""
    try:
        size = len(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise ScenarioProblem([ScenarioFault("", "rulebook.form", {"known": ", ".join(KEYS)})]) from None
    if size > LARGEST:
        raise ScenarioProblem([ScenarioFault("", "scenario.too_large", {"size": size, "most": LARGEST})])
    reading = _Reading()
    scenario = reading.scenario(document)
    if reading.problems:
        raise ScenarioProblem(reading.problems)
    return scenario


class _Reading(Reading):
    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()  # keys of the posts so far

    def wrong(self, path: str, code: str, **params: Any) -> None:
        self.problems.append(ScenarioFault(path, code if code in MESSAGES else f"rulebook.{code}", params))

    def scenario(self, document: Any) -> Scenario:
        if not isinstance(document, Mapping):
            self.wrong("", "form", known=", ".join(KEYS))
            document = {}
        form = self.object("", document, KEYS)
        for needed in ("key", "title", "phases"):
            if needed not in form:
                self.wrong("", "missing", key=needed)
        given = self.list("phases", form.get("phases", []), MOST_PHASES, '[{"name": …, "minutes": 20, "posts": […]}]')
        phases = tuple(self.phase(f"phases[{place}]", one) for place, one in enumerate(given))
        scenario = Scenario(
            key=self.key("key", form["key"]) if "key" in form else "",
            title=self.both("title", form["title"], LONGEST_TITLE) if "title" in form else {},
            about=self.both("about", form["about"], LONGEST_ABOUT) if "about" in form else {},
            level=self.number("level", form.get("level", Level.ELEVATED.value), Level.WATCH, Level.CRISIS),
            wrap_up=self.minutes("wrap_up_minutes", form.get("wrap_up_minutes", WRAP_UP), 0, LONGEST_PHASE),
            phases=phases,
            document=dict(document),
            normal=self.number("normal_per_hour", form.get("normal_per_hour", USUAL_NORMAL), 0, MOST_NORMAL),
        )
        if not self.problems and not scenario.posts:
            self.wrong("phases", "scenario.empty")
        if scenario.posts > MOST_POSTS:
            self.wrong("phases", "scenario.too_many_posts", number=scenario.posts, most=MOST_POSTS)
        return scenario

    def phase(self, path: str, given: Any) -> Phase:
        form = self.object(path, given, PHASE_KEYS)
        if "minutes" not in form:
            self.wrong(path, "missing", key="minutes")
        seconds = self.minutes(f"{path}.minutes", form.get("minutes", 1), 0.1, LONGEST_PHASE)
        posts = tuple(self.posts(f"{path}.posts", form.get("posts", []), seconds))
        return Phase(
            name=self.both(f"{path}.name", form["name"], LONGEST_TITLE) if "name" in form else {},
            seconds=seconds,
            posts=posts,
            crowds=tuple(self.crowds(f"{path}.crowd", form.get("crowd", []), seconds)),
            faults=tuple(self.faults(f"{path}.faults", form.get("faults", []), seconds)),
        )

    def posts(self, path: str, given: Any, seconds: int) -> Iterator[Post]:
        example = '[{"at": 0, "author": "jan", "text": {"nl": "…"}}]'
        for place, one in enumerate(self.list(path, given, MOST_LINES, example)):
            at = f"{path}[{place}]"
            form = self.object(at, one, POST_KEYS)
            private = self.switch(f"{at}.private", form.get("private", False))
            if private and "author" not in form:
                self.wrong(at, "scenario.private_own")
            post = Post(
                at=self.moment(f"{at}.at", form.get("at", 0), seconds),
                text=self.words(f"{at}.text", form.get("text")),
                author=self.author(f"{at}.author", form["author"]) if "author" in form else "",
                followers=self.number(f"{at}.followers", form.get("followers", 0), 0, MOST_FOLLOWERS),
                key=self.key(f"{at}.key", form["key"]) if "key" in form else "",
                reply_to=self.earlier(f"{at}.reply_to", form.get("reply_to", "")),
                private=private,
            )
            if post.key and post.key in self._said:
                self.wrong(f"{at}.key", "twice", value=post.key)
            self._said.add(post.key)
            yield post

    def crowds(self, path: str, given: Any, seconds: int) -> Iterator[Crowd]:
        example = '[{"count": 30, "text": {"nl": ["…", "…"]}}]'
        for place, one in enumerate(self.list(path, given, MOST_LINES, example)):
            at = f"{path}[{place}]"
            form = self.object(at, one, CROWD_KEYS)
            if "count" not in form:
                self.wrong(at, "missing", key="count")
            since = self.moment(f"{at}.from", form.get("from", 0), seconds)
            until = self.moment(f"{at}.to", form["to"], seconds) if "to" in form else seconds
            yield Crowd(
                count=self.number(f"{at}.count", form.get("count", 1), 1, MOST_POSTS),
                since=since,
                until=max(since, until),
                text=self.words(f"{at}.text", form.get("text")),
                followers=self.range(f"{at}.followers", form.get("followers", [10, 800])),
                reply_to=self.earlier(f"{at}.reply_to", form.get("reply_to", "")),
                private=self.switch(f"{at}.private", form.get("private", False)),
            )

    def faults(self, path: str, given: Any, seconds: int) -> Iterator[Fault]:
        for place, one in enumerate(self.list(path, given, MOST_LINES, '[{"kind": "down", "at": 5, "minutes": 10}]')):
            at = f"{path}[{place}]"
            form = self.object(at, one, FAULT_KEYS)
            for needed in ("kind", "minutes"):
                if needed not in form:
                    self.wrong(at, "missing", key=needed)
            kind = self.choice(f"{at}.kind", form.get("kind", FaultKind.DOWN), tuple(map(str, FaultKind)))
            yield Fault(
                FaultKind(kind),
                self.moment(f"{at}.at", form.get("at", 0), seconds),
                self.minutes(f"{at}.minutes", form.get("minutes", 1), 0.1, LONGEST_PHASE),
            )

    # ── plain values ─────────────────────────────────────────────────────────
    def moment(self, path: str, given: Any, seconds: int) -> int:
        """Seconds after the phase began, inside it."""
        at = self.minutes(path, given, 0, LONGEST_PHASE)
        if at > seconds:
            self.wrong(path, "scenario.after_phase", most=f"{seconds / 60:g}")
        return at

    def minutes(self, path: str, given: Any, least: float, most: int) -> int:
        """In seconds."""
        if isinstance(given, int | float) and not isinstance(given, bool) and least <= given <= most:
            return round(given * 60)
        self.wrong(path, "scenario.minutes", value=shown(given), least=f"{least:g}", most=most)
        return 0

    def words(self, path: str, given: Any) -> Words:
        """Variants by language; a single text is a list of one."""
        form = self.object(path, given if given is not None else {}, LANGUAGES)
        if not form:
            self.wrong(path, "scenario.no_text")
        return {language: self.variants(within(path, language), form[language]) for language in form}

    def variants(self, path: str, given: Any) -> tuple[str, ...]:
        if isinstance(given, str):
            return (self.text(path, given, LONGEST_POST),)
        texts = self.list(path, given, MOST_VARIANTS, '["…", "…"]')
        if isinstance(given, list) and not given:
            self.wrong(path, "scenario.no_text")
        return tuple(self.text(f"{path}[{place}]", one, LONGEST_POST) for place, one in enumerate(texts)) or ("",)

    def both(self, path: str, given: Any, most: int) -> Mapping[str, str]:
        form = self.object(path, given if given is not None else {}, LANGUAGES)
        if missing := [language for language in LANGUAGES if language not in form]:
            self.wrong(path, "scenario.both_languages", missing=", ".join(missing))
        return {language: self.text(within(path, language), form[language], most) for language in form}

    def range(self, path: str, given: Any) -> tuple[int, int]:
        numbers = isinstance(given, list) and len(given) == 2 and all(type(one) is int for one in given)
        if numbers and 0 <= given[0] <= given[1] <= MOST_FOLLOWERS:
            return given[0], given[1]
        self.wrong(path, "scenario.range", value=shown(given))
        return (0, 0)

    def earlier(self, path: str, given: Any) -> str:
        """The key of a post that was written before this one."""
        if isinstance(given, str) and (not given or given in self._said):
            return given
        self.wrong(path, "scenario.reply_unknown", value=shown(given))
        return ""

    def key(self, path: str, given: Any) -> str:
        return self.spelt(path, given, _KEY, "scenario.key")

    def author(self, path: str, given: Any) -> str:
        return self.spelt(path, given, _AUTHOR, "scenario.author")
