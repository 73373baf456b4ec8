"""Every verb asks the role itself and writes down who did what, whichever screen, API or command calls it."""

import contextlib
import copy
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.utils import timezone

import desk.actions
from desk.actions.replies import approval, send
from desk.actions.statements import post_send
from desk.common.errors import Conflict, NotPermitted
from desk.inboxes.gateway import SendResult, all_networks
from desk.people.models import AuditEntry, User
from desk.people.permissions import Permission, Role, permissions_of
from desk.replies.models import Reply
from desk.statements.models import Post
from tests.actions import (
    verbs_automation,
    verbs_causes,
    verbs_changes,
    verbs_company,
    verbs_crises,
    verbs_drills,
    verbs_knowledge,
    verbs_threads,
    verbs_tickets,
    verbs_time,
    verbs_words,
)
from tests.actions.scene import Scene, Verb
from tests.api.sandbox import an_account, running_sandbox

pytestmark = pytest.mark.django_db

VERBS: dict[str, Verb] = {
    name: verb
    for part in (
        verbs_automation,
        verbs_tickets,
        verbs_words,
        verbs_time,
        verbs_crises,
        verbs_drills,
        verbs_company,
        verbs_causes,
        verbs_changes,
        verbs_knowledge,
        verbs_threads,
    )
    for name, verb in part.VERBS.items()
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.fixture(scope="module")
def made(sandbox: str, rows_that_stay: None) -> Scene:
    account = an_account(sandbox, "vlotlijn")
    return Scene.made({name: account[name] for name in ("base_url", "credentials")})


@pytest.fixture
def scene(made: Scene, sandbox: str, settings: LazySettings) -> Scene:
    """A copy for each: what a verb changes in it in passing is not there for the next."""
    settings.SANDBOX_URL = sandbox
    return copy.deepcopy(made)


def test_no_verb_is_left_out() -> None:
    found = set()
    for module in pkgutil.walk_packages(desk.actions.__path__, "desk.actions."):
        loaded = importlib.import_module(module.name)
        for name, verb in inspect.getmembers(loaded, inspect.isfunction):
            own = verb.__module__ == loaded.__name__ and not name.startswith("_")
            if own and next(iter(inspect.signature(verb).parameters), "") == "actor":
                found.add(f"{module.name.rpartition('.')[2]}.{name}")
    assert found == set(VERBS)


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.needs])
def test_who_may_not_is_refused_and_leaves_no_trace(scene: Scene, name: str) -> None:
    verb = VERBS[name]
    without = [role for role in Role.values if verb.needs not in permissions_of(role)]
    gone = User.objects.create_user("gone", role=Role.ADMINISTRATOR, is_active=False)
    for person in (*(User.objects.create_user(role, role=role) for role in without), gone):
        with pytest.raises(NotPermitted):
            verb.call(person, scene)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", VERBS)
def test_whoever_may_is_written_down_with_what_they_did(scene: Scene, name: str) -> None:
    verb = VERBS[name]
    role = Role.EXPERT if verb.needs is None else _least(verb.needs)
    actor = User.objects.create_user("actor", role=role)
    verb.call(actor, scene)
    assert [(entry.verb, entry.actor) for entry in AuditEntry.objects.order_by("id")] == [
        (written, actor) for written in verb.audited
    ]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which replies reach the network; that one goes past the send step fails the test."""
    numbers: list[int] = []

    def call(one: Reply, _now: object) -> SendResult:
        numbers.append(one.pk)
        return SendResult(f"out {one.pk}")

    def posted(post: Post) -> SendResult:
        assert post.publication.author.username != "actor", "a post that nobody else has approved"
        return SendResult(f"post {post.pk}")

    monkeypatch.setattr(send, "_call", call)
    monkeypatch.setattr(post_send, "_call", lambda post, _now: posted(post))
    for network in all_networks():
        monkeypatch.setattr(network, "send", lambda _self, _outgoing: pytest.fail("past the send step"))
        monkeypatch.setattr(network, "publish", lambda _self, _post: pytest.fail("past the send step"))
    return numbers


@pytest.mark.parametrize("name", VERBS)
def test_no_verb_lets_words_leave_that_nobody_else_has_approved(scene: Scene, name: str, sent: list[int]) -> None:
    """Not even by a person with every permission: of their own replies two wait for somebody else's word."""
    actor = User.objects.create_user("actor", role=Role.ADMINISTRATOR)
    own = _own_that_wait(scene, actor)
    scene.own_post(actor)
    with contextlib.suppress(Conflict):  # who sees everything has nothing to unmask
        VERBS[name].call(actor, scene)
    _all_is_due()
    assert own.isdisjoint(sent)


def test_once_somebody_else_has_approved_them_they_do_leave(scene: Scene, sent: list[int]) -> None:
    actor, other = (User.objects.create_user(name, role=Role.ADMINISTRATOR) for name in ("actor", "other"))
    own = _own_that_wait(scene, actor)
    _all_is_due()
    for number in own:
        approval.approve(other, number)
    _all_is_due()
    assert own == set(sent)


def _own_that_wait(scene: Scene, author: User) -> set[int]:
    """One that waits for approval, and one that nobody has looked at yet: the send step has to ask."""
    own = {scene.reply(author, "queued").pk, scene.asked(author)}
    Reply.objects.update(approval_asked=True)
    return own


def _all_is_due() -> None:
    """The workers do whatever there is, twice."""
    for _round in range(2):
        Reply.objects.filter(state="queued").update(next_attempt_at=timezone.now())
        for number in Reply.objects.order_by("id").values_list("pk", flat=True):
            send.send(number, timezone.now())
        Post.objects.filter(state="queued").update(next_attempt_at=timezone.now())
        for number in Post.objects.order_by("id").values_list("pk", flat=True):
            post_send.send(number, timezone.now())


def _least(needed: Permission) -> str:
    """The role that may the least of all that may this."""
    able = [role for role in Role.values if needed in permissions_of(role)]
    return min(able, key=lambda role: len(permissions_of(role)))


def test_every_audited_verb_has_words() -> None:
    from desk.web.show.audited import _DID

    assert {written for verb in VERBS.values() for written in verb.audited} <= set(_DID)
