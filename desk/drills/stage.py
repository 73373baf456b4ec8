"""The stage of a drill: its account on the sandbox, where the desk plays the customers."""

from collections.abc import Sequence
from typing import Any

from desk.inboxes.gateway import AddressRefused, network, sandbox_origin, schemes_of
from desk.inboxes.models import Inbox
from desk.inboxes.sandbox import KINDS, NAMES, OTHERWISE, Sandbox, SandboxAway, SandboxRefused
from policies.drill_scenario import FaultKind

__all__ = ["NoStage", "SandboxAway", "SandboxRefused", "Stage"]

# What a fault of a scenario is to the sandbox: kind, what it strikes.
_FAULTS: dict[FaultKind, tuple[tuple[str, str], ...]] = {
    FaultKind.DOWN: (("server_error_json", ""), ("webhook_lost", "")),
    FaultKind.RATE_LIMIT: (("rate_limit", "^GET"),),
    FaultKind.NO_SENDING: (("server_error_json", "^POST"),),
}


def plays(slug: str) -> bool:
    """Whether drills can be on this network: one that has no address but the sandbox's, and none in its credentials."""
    return "https" in schemes_of(network(slug))


class NoStage(Exception):
    """There is no sandbox to play on. `problem` says what is missing, for whoever shows it."""

    def __init__(self, problem: AddressRefused) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Stage:
    """One inbox for drills, seen from the other side. Raises NoStage; its calls raise SandboxAway, SandboxRefused."""

    def __init__(self, slug: str, account: str = "") -> None:
        try:
            self._sandbox = Sandbox(sandbox_origin())
        except AddressRefused as problem:
            raise NoStage(problem) from problem
        self._slug = slug
        self.network = NAMES.get(slug, slug)
        self._account = account
        self._first, self._below = KINDS.get(self.network, OTHERWISE)

    @classmethod
    def of(cls, inbox: Inbox) -> "Stage":
        return cls(inbox.network, inbox.own_id)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *exc: object) -> None:
        self._sandbox.__exit__(*exc)

    def make_account(self, handle: str, name: str) -> dict[str, Any]:
        """The account with its `id` and `credentials`, which are worth nothing outside the sandbox."""
        return self._sandbox.make_account(self.network, handle, name=name, settings={"rate_limits": "off"})

    def is_there(self) -> bool:
        return plays(self._slug) and self.network in self._sandbox.networks()

    def deliver_to(self, url: str) -> None:
        """Let the network tell this address what happens; it is challenged at once."""
        self._sandbox.register_webhook(self.network, self._account, url)

    def write(self, posts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Post `author` (None: the company), `text`, `ref`, `below` (the ref that it answers), `private`; in order.

        The same ref twice is one post. For each {"id", …} or {"error": a sentence}.
        """
        return self._sandbox.write([self._row(post) for post in posts])

    def break_it(self, kind: FaultKind, seconds: float) -> list[int]:
        """Let it go wrong for this account alone; the faults' ids."""
        aim = {"account": self._account, "seconds": max(round(seconds), 1)}
        return [self._sandbox.arm(self.network, fault, match, times=None, **aim) for fault, match in _FAULTS[kind]]

    def mend(self, fault_ids: Sequence[int]) -> None:
        self._sandbox.disarm(fault_ids)

    def _row(self, post: dict[str, Any]) -> dict[str, Any]:
        row = {"network": self.network, "account": self._account, "text": post["text"], "ref": post["ref"]}
        if post["author"] is None:
            return {**row, "origin": "native", "kind": "post"}
        below = post["below"] if not post["private"] else ""
        row |= {"author": post["author"], "kind": "dm" if post["private"] else self._below if below else self._first}
        return {**row, "in_reply_to": below} if below else row
