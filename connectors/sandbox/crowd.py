"""The crowd: invented customers who write by themselves, follow up, change their minds, and react to answers.

Off until it is asked for, one company at a time. Everything it knows is in that company's settings, so a restart goes
on where it was; all chance comes from the company and a counter. Its texts are in `crowd_texts.toml`.
"""

import asyncio
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.network import Network, Refused, Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.square import Square
from connectors.sandbox.square_api import guarded, json_object

TICK_SECONDS = 0.5
FASTEST = 100.0  # times the normal pace
ARRIVAL = (15.0, 40.0)  # seconds between two customers at the normal pace
REACTION = (8.0, 25.0)  # from our answer to theirs
PATIENCE = (60.0, 150.0)  # before somebody who got no answer writes again
SECOND_THOUGHT = (10.0, 30.0)  # before an edit or a deletion
THANKS, QUESTION = 0.55, 0.3  # how a first answer is taken; the rest say nothing more
LONGEST_REVIEW = 1_000
MOST_REACTIONS = 2  # of one customer to one company
HEARD_AT_ONCE = 50
REF = "crowd:"  # the name of its n-th post is crowd:n, of what follows it crowd:n:1 …


@dataclass(frozen=True, slots=True)
class Texts:
    """What can be said, and by whom."""

    episodes: Sequence[Mapping[str, Any]]
    people: Sequence[Mapping[str, Any]]
    reactions: Mapping[str, Mapping[str, Sequence[str]]]
    stations: Sequence[str]
    lines: Sequence[str]

    @classmethod
    def load(cls) -> "Texts":
        """As shipped."""
        found = tomllib.loads(Path(__file__).with_name("crowd_texts.toml").read_text(encoding="utf-8"))
        places = found["places"]
        return cls(found["episode"], found["person"], found["reactions"], places["stations"], places["lines"])

    def filled(self, text: str, chance: Random) -> str:
        """A text with its blanks filled in; chance in the same state fills them in the same way."""
        station, other = chance.sample(self.stations, 2)
        return text.format(
            station=station,
            other=other,
            line=chance.choice(self.lines),
            time=f"{chance.randrange(6, 24)}:{chance.choice(('04', '12', '19', '34', '41', '52'))}",
            minutes=chance.randrange(12, 55),
            amount=f"{chance.randrange(3, 60)},{chance.choice(('20', '60', '85'))}",
        )


class Crowd:
    """Writes to every company that switched it on."""

    def __init__(self, sandbox: Sandbox, texts: Texts | None = None) -> None:
        self._sandbox, self._store = sandbox, sandbox.store
        self._square = Square(sandbox)
        self._texts = texts or Texts.load()

    async def run(self) -> None:
        """Live until cancelled."""
        while True:
            for company in self._store.companies():
                if _state(company)["pace"] and company.network in self._sandbox.networks:
                    self._live(company, self._sandbox.networks[company.network])
            await asyncio.sleep(TICK_SECONDS)

    def switch(self, network: object, handle: object, pace: object) -> dict[str, Any]:
        """Set the pace for a company: 0 is off, 1 is normal. Nothing that was planned is lost by a pause."""
        company = self._square.company(self._square.network(network), handle)
        if isinstance(pace, bool) or not isinstance(pace, int | float) or not 0 <= pace <= FASTEST:
            raise Refused(f"pace must be a number from 0 (off) to {FASTEST:g}")
        state = _state(company)
        if not state["pace"]:  # what was said to it while it was off is not heard afterwards
            state |= {"heard": self._store.next_position(), "next_at": 0}
        state["pace"] = float(pace)
        self._keep(company, state)
        return self.told(company, state)

    def told_of_all(self) -> list[dict[str, Any]]:
        """How it stands with every company."""
        return [self.told(company, _state(company)) for company in self._store.companies()]

    @staticmethod
    def told(company: Account, state: Mapping[str, Any]) -> dict[str, Any]:
        """One company's crowd, as the control API shows it."""
        named = {"network": company.network, "account": company.handle}
        return {**named, "pace": state["pace"], "written": state["written"], "planned": len(state["plans"])}

    # One moment

    def _live(self, company: Account, network: Network) -> None:
        before = _state(company)
        moment = Moment(self._sandbox, self._square, self._texts, network, company, _state(company))
        with self._store.transaction():
            moment.pass_by()
            if moment.state != before:
                self._keep(company, moment.state)

    def _keep(self, company: Account, state: Mapping[str, Any]) -> None:
        fresh = self._store.account(company.network, company.id) or company
        network = self._sandbox.networks[company.network]
        changed = replace(fresh, settings={**fresh.settings, "crowd": dict(state)})
        self._store.save_account(changed, network.tokens(changed.credentials))


@dataclass(slots=True)
class Moment:
    """What the crowd does to one company now. `state` is what it knows; the caller keeps it."""

    sandbox: Sandbox
    square: Square
    texts: Texts
    network: Network
    company: Account
    state: dict[str, Any]

    def pass_by(self) -> None:
        """Hear what the company answered, do what is due, and let the next customer come."""
        now = self.network.now_ms()
        self._listen(now)
        due = [plan for plan in self.state["plans"] if plan["at"] <= now]
        self.state["plans"] = [plan for plan in self.state["plans"] if plan["at"] > now]
        for plan in due:
            self._carry_out(plan)
        if now >= self.state["next_at"]:
            if self.state["next_at"]:
                self._arrive(now)
            self.state["next_at"] = now + self._pause(ARRIVAL, self._chance("arrival", str(self.state["written"])))

    def _arrive(self, now: int) -> None:
        number = self.state["written"]
        self.state["written"] = number + 1
        chance = self._chance(str(number))
        episode = self._episode(number)
        person = chance.choice([one for one in self.texts.people if one["lang"] == episode["lang"]])
        row: dict[str, Any] = {
            "kind": self._kind("dm")
            if episode.get("private")
            else self._kind("visitor_post", "comment", "mention", "review", "dm"),
            "author": {key: person[key] for key in ("handle", "name", "followers")},
            "text": self.texts.filled(episode["text"], self._chance(str(number), "fills")),
            "media": [episode["media"]] if "media" in episode else [],
            "ref": f"{REF}{number}",
            "rating": chance.choice((4, 5) if episode.get("praise") else (1, 2, 3)),
        }
        post = self._write(row)
        if post is None:
            return
        if "edit" in episode:
            text = self.texts.filled(episode["edit"], self._chance(str(number), "fills"))
            self._plan("edit", now, SECOND_THOUGHT, chance, post=post.id, text=text)
        if episode.get("delete"):
            self._plan("delete", now, SECOND_THOUGHT, chance, post=post.id)
        if "later" in episode:
            text = self.texts.filled(episode["later"], self._chance(str(number), "fills"))
            self._plan("follow_up", now, PATIENCE, chance, post=post.id, text=text)

    def _listen(self, now: int) -> None:
        """Plan a reaction to each new answer of the company to one of the crowd."""
        said = self.sandbox.store.posts(
            self.network.slug,
            after=self.state["heard"],
            author_id=self.company.id,
            limit=HEARD_AT_ONCE,
        )
        for answer in said:
            self.state["heard"] = answer.position
            asked = self._answered(answer)
            if asked is not None:
                self._react(answer, asked, now)

    def _answered(self, answer: Post) -> Post | None:
        """The post of the crowd that the company answers here."""
        store = self.sandbox.store
        parent = store.post(self.network.slug, answer.parent_id) if answer.parent_id else None
        if parent is None and answer.private:
            thread = store.posts(
                self.network.slug, root_id=answer.root_id, before=answer.position, limit=20, newest_first=True
            )
            parent = next((post for post in thread if post.author_id != self.company.id), None)
        return parent if parent is not None and parent.ref.startswith(REF) else None

    def _react(self, answer: Post, asked: Post, now: int) -> None:
        number, _, stage = asked.ref.removeprefix(REF).partition(":")
        step = int(stage or 0) + 1
        if step > MOST_REACTIONS:
            return
        chance = self._chance(number, "reacts", str(step))
        episode = self._episode(int(number))
        text = self._reaction(episode, number, step, chance)
        if text:
            self._plan(
                "react", now, REACTION, chance, post=answer.id, to=asked.id, text=text, ref=f"{REF}{number}:{step}"
            )

    def _reaction(self, episode: Mapping[str, Any], number: str, step: int, chance: Random) -> str:
        """What a customer says to an answer; "" where they leave it at that."""
        words = self.texts.reactions[episode["lang"]]
        mood = chance.random()
        if episode.get("praise"):
            return chance.choice(words["praise"]) if step == 1 and mood < THANKS else ""
        if step == 1 and "answer" in episode:
            return self.texts.filled(episode["answer"], self._chance(number, "fills"))
        if mood < THANKS:
            return chance.choice(words["thanks"])
        return chance.choice(words["questions"]) if step == 1 and mood < THANKS + QUESTION else ""

    def _episode(self, number: int) -> Mapping[str, Any]:
        """The n-th: all of them in some order, then all of them in another."""
        cycle, place = divmod(number, len(self.texts.episodes))
        order = self._chance("order", str(cycle)).sample(range(len(self.texts.episodes)), len(self.texts.episodes))
        return self.texts.episodes[order[place]]

    # What was planned

    def _plan(self, verb: str, now: int, between: tuple[float, float], chance: Random, **facts: str) -> None:
        self.state["plans"].append({"verb": verb, "at": now + self._pause(between, chance), **facts})

    def _carry_out(self, plan: Mapping[str, str]) -> None:
        store = self.sandbox.store
        post = store.post(self.network.slug, plan["post"])
        if post is None or post.deleted_at is not None:
            return
        if plan["verb"] == "edit":
            with suppress(Refused):  # not every network knows edits
                self.square.edit(post.id, plan["text"])
        elif plan["verb"] == "delete":
            with suppress(Refused):  # a mail can't be taken back
                self.square.remove(post.id)
        elif plan["verb"] == "react":
            asked = store.post(self.network.slug, plan["to"])
            if asked is not None:
                self._say_more(asked, post, plan["text"], plan["ref"])
        elif not self._is_answered(post):
            self._say_more(post, post, plan["text"], f"{post.ref}:0")

    def _is_answered(self, post: Post) -> bool:
        same: dict[str, Any] = {"root_id": post.root_id} if post.private else {"parent_id": post.id}
        after = post.position
        return bool(
            self.sandbox.store.posts(self.network.slug, after=after, author_id=self.company.id, limit=1, **same)
        )

    def _say_more(self, earlier: Post, below: Post, text: str, ref: str) -> None:
        author = self.sandbox.store.account(self.network.slug, earlier.author_id)
        if author is None:
            return
        row: dict[str, Any] = {"author": author.handle, "text": text, "ref": ref}
        if earlier.kind == "review":  # below which nobody says more: they write it anew
            self.square.edit(earlier.id, f"{earlier.text} {text}"[:LONGEST_REVIEW])
            return
        if earlier.private:
            row["kind"] = self._kind("dm")
        else:
            row |= {"kind": self._kind("comment", "reply"), "in_reply_to": below.id}
        self._write(row)

    # Tools

    def _write(self, row: Mapping[str, Any]) -> Post | None:
        try:
            return self.square.write({"network": self.network.slug, "account": self.company.handle, **row})
        except Refused:  # the network would not take it, as it would refuse any customer
            return None

    def _kind(self, *wanted: str) -> str:
        return next((kind for kind in wanted if kind in self.network.kinds), wanted[0])

    def _chance(self, *what: str) -> Random:
        return Random(" ".join((self.company.network, self.company.handle, *what)))  # noqa: S311 - a game, no secret

    def _pause(self, between: tuple[float, float], chance: Random) -> int:
        return int(chance.uniform(*between) * 1000 / self.state["pace"])


def _state(company: Account) -> dict[str, Any]:
    """What is known of a company's crowd: pace, posts written, when the next customer comes, what was heard, plans."""
    known = company.settings.get("crowd") or {}
    empty: dict[str, Any] = {"pace": 0.0, "written": 0, "next_at": 0, "heard": 0, "plans": []}
    return {**empty, **known, "plans": list(known.get("plans", ()))}


def crowd_routes(crowd: Crowd) -> list[Route]:
    """`GET /_sandbox/crowd` tells, `PUT {"network", "account", "pace"}` switches; 0 is off."""

    async def told(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"crowd": crowd.told_of_all()})
        body = await json_object(request)
        return JSONResponse(crowd.switch(body.get("network"), body.get("account"), body.get("pace")))

    return [Route("/_sandbox/crowd", guarded(told), methods=["GET", "PUT"])]
