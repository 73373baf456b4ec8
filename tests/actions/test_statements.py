"""Statements: published in one action on all chosen accounts, through one outbox, and out there once or not at all."""

from typing import Any

import pytest

from desk.actions.crises import crises, crisis_team
from desk.actions.statements import post_send, statements
from desk.actions.statements.statements import PostsBlocked, Wish
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.common.errors import Conflict, DeskError, Invalid, NotPermitted
from desk.crises.log import broken_link
from desk.crises.models import Crisis, CrisisEntry
from desk.inboxes import gateway
from desk.inboxes.gateway import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, SendResult, Transient
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.statements.models import Post, Publication
from tests.actions.builders import an_inbox, minutes
from tests.actions.posts import WORDS, a_crisis, a_statement, kinds, leaves, posts_of, publish, stands
from tests.actions.test_crisis_gate import plan

pytestmark = pytest.mark.django_db


class Wire:
    """What the networks hear, and what they answer: an error, once each."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.answers: list[NetworkError] = []
        self.there: SendResult | None = None

    def publish(self, connector: Any, post: gateway.OwnPost) -> SendResult:
        self.said.append(post.text)
        if self.answers:
            raise self.answers.pop(0)
        number = str(len(self.said))
        return SendResult(f"{connector.slug}-{number}", post.now, number, f"https://{connector.slug}.test/{number}")


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()

    def call(post: Post, now: Any) -> SendResult:
        return made.publish(gateway.connector_of(post.inbox), gateway.OwnPost(post.text, now=now))

    monkeypatch.setattr(post_send, "_call", call)
    for network in gateway.all_networks():
        monkeypatch.setattr(network, "find_published", lambda _self, _post: made.there)
    return made


@pytest.fixture
def daan(db: None) -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan")


@pytest.fixture
def page(db: None) -> Inbox:
    return an_inbox(network="facebook_page", name="Vlotlijn", handle="vlotlijn.nl", own_id="2")


@pytest.fixture
def crisis(noor: User) -> Crisis:
    return a_crisis(noor, level=1)


def test_one_action_puts_it_on_every_account_and_the_log_has_what_went_out_where_and_when(
    noor: User, crisis: Crisis, x: Inbox, page: Inbox, wire: Wire
) -> None:
    publication = publish(noor, crisis, x, page)
    for post in posts_of(publication):
        post_send.send(post.pk, minutes(1))
    assert wire.said == [], "the time to take it back is not over"
    for post in posts_of(publication):
        post_send.send(post.pk, minutes(2))
        post_send.send(post.pk, minutes(3))
    assert wire.said == [WORDS, WORDS]
    first, second = posts_of(publication)
    assert (first.state, first.url, first.sent_at) == ("sent", "https://x.test/1", minutes(2))
    assert (second.state, second.external_id) == ("sent", "facebook_page-2")
    assert kinds(crisis) == ["started", "published", "post_sent", "post_sent"]
    line = CrisisEntry.objects.filter(crisis=crisis, kind="post_sent").order_by("number").first()
    assert line is not None
    assert (line.data["url"], line.data["inbox"], line.data["network"]) == ("https://x.test/1", x.pk, "x")
    crisis.refresh_from_db()
    assert broken_link(crisis) is None


def test_the_same_key_is_the_same_publication_and_other_words_under_it_are_refused(
    noor: User, crisis: Crisis, x: Inbox
) -> None:
    assert publish(noor, crisis, x) == publish(noor, crisis, x)
    assert Publication.objects.count() == 1
    with pytest.raises(Conflict) as refused:
        publish(noor, crisis, x, text="Iets anders")
    assert refused.value.code == "key_reused"


@pytest.mark.parametrize("role", ["agent", "trainee", "supervisor", "expert"])
def test_only_whoever_manages_crises_publishes(role: str, crisis: Crisis, x: Inbox) -> None:
    with pytest.raises(NotPermitted):
        publish(User.objects.create_user("iemand", role=role), crisis, x)
    assert not Publication.objects.exists()


def test_whoever_holds_a_role_of_the_plan_that_publishes_may_too(
    noor: User, suze: User, crisis: Crisis, x: Inbox
) -> None:
    crisis_team.give_roles(noor, crisis.pk, {"desk": suze.pk})
    with pytest.raises(NotPermitted):
        publish(suze, crisis, x)
    crisis_team.give_roles(noor, crisis.pk, {"spokesperson": suze.pk})
    assert publish(suze, crisis, x).author == suze


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "  "}, "posts.0.text"),
        ({"text": "a\0b"}, "posts.0.text"),
        ({"key": ""}, "idempotency_key"),
        ({"stage": "bijna"}, "stage"),
        ({"update_minutes": 0}, "update_minutes"),
    ],
)
def test_what_can_not_be_published_is_refused_with_its_place(
    noor: User, crisis: Crisis, x: Inbox, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        publish(noor, crisis, x, **more)
    assert list(refused.value.errors) == [field]


def test_no_account_none_that_is_known_and_none_twice(noor: User, crisis: Crisis, x: Inbox) -> None:
    for inboxes in ((), (Inbox(pk=9_999),), (x, x)):
        with pytest.raises(Invalid):
            publish(noor, crisis, *inboxes)


def test_each_network_has_its_own_length_and_one_text_that_is_too_long_stops_all(
    noor: User, crisis: Crisis, x: Inbox, page: Inbox
) -> None:
    with pytest.raises(PostsBlocked) as refused:
        publish(noor, crisis, page, x, text="Al het treinverkeer staat stil. " * 20)
    assert list(refused.value.errors) == ["posts.1.text"]
    assert not Post.objects.exists()
    assert publish(noor, crisis, page, text="Al het treinverkeer staat stil. " * 20).posts.get().state == "queued"


def test_rules_of_the_company_hold_for_posts_but_nobody_signs_them(noor: User, crisis: Crisis, x: Inbox) -> None:
    with pytest.raises(PostsBlocked):
        publish(noor, crisis, x, text="Mail naar jan.jansen@example.com")
    post = publish(noor, crisis, x).posts.get()
    assert (post.findings, post.text) == ([], WORDS)


# ── approval ─────────────────────────────────────────────────────────────────
def test_in_a_crisis_a_second_person_agrees_and_never_the_author(
    noor: User, daan: User, suze: User, x: Inbox, wire: Wire
) -> None:
    crisis = a_crisis(noor)
    post = publish(noor, crisis, x).posts.get()
    told = Notification.objects.values_list("user__username", "kind")
    assert list(told) == [("daan", "statement_asked")]
    assert sentence(Notification.objects.get()) == "Noor asks for approval of a statement about “De trein staat stil”"
    leaves(post, minutes(2))
    assert (stands(post), post.needs) == (("held", "needs_approval"), ["approval.crisis"])
    with pytest.raises(Conflict) as refused:
        statements.approve_post(noor, post.pk)
    assert refused.value.code == "own_words"
    with pytest.raises(NotPermitted):
        statements.approve_post(suze, post.pk)
    with pytest.raises(Conflict):
        statements.repeat_post(noor, post.pk)
    statements.approve_post(daan, post.pk, now=minutes(3))
    leaves(post, minutes(4))
    assert (stands(post)[0], wire.said) == ("sent", [WORDS])
    assert kinds(crisis) == ["started", "published", "post_approved", "post_sent"]


def test_words_that_a_colleague_approved_beforehand_leave_at_once_and_others_do_not(noor: User, x: Inbox) -> None:
    crisis, statement = a_crisis(noor), a_statement()
    ready = publish(noor, crisis, x, statement_id=statement.pk).posts.get()
    assert (ready.state, ready.prepared) == ("queued", True)
    edited = publish(noor, crisis, x, statement_id=statement.pk, key="2", text=f"{WORDS} Excuses.").posts.get()
    assert (edited.state, edited.prepared) == ("held", False)


@pytest.mark.parametrize("column", [{"approved_at": None}, {"state": "draft"}, {"expires_on": "2026-01-01"}])
def test_words_that_are_not_approved_or_not_on_offer_are_not_prepared(
    noor: User, x: Inbox, column: dict[str, Any]
) -> None:
    statement = a_statement(**column)
    statement.refresh_from_db()
    post = publish(noor, a_crisis(noor), x, statement_id=statement.pk).posts.get()
    assert (post.state, post.prepared) == ("held", False)


def test_what_was_rejected_says_why_and_never_leaves(noor: User, daan: User, x: Inbox, wire: Wire) -> None:
    crisis = a_crisis(noor)
    post = publish(noor, crisis, x).posts.get()
    with pytest.raises(Invalid):
        statements.reject_post(daan, post.pk, reason=" ")
    statements.reject_post(daan, post.pk, reason="De oorzaak is al bekend")
    leaves(post, minutes(4))
    assert (stands(post)[0], post.reason, wire.said) == ("cancelled", "De oorzaak is al bekend", [])
    assert kinds(crisis)[-1] == "post_rejected"


GATES = {"levels": {"1": {"gates": [{"gate": "hold", "visibility": "post"}]}}}
BLOCKS = {"levels": {"1": {"gates": [{"gate": "block"}]}}}


def test_a_gate_for_posts_is_past_only_with_the_word_of_a_second_person_who_leads(
    noor: User, daan: User, x: Inbox, wire: Wire
) -> None:
    plan(noor, daan, GATES)
    crisis = a_crisis(noor, level=1)
    post = publish(noor, crisis, x, statement_id=a_statement().pk).posts.get()
    assert (post.state, post.needs) == ("held", ["crisis_hold"])
    with pytest.raises(NotPermitted):
        statements.approve_post(User.objects.create_user("mila", role="supervisor"), post.pk)
    statements.approve_post(daan, post.pk, now=minutes(3))
    leaves(post, minutes(4))
    assert (stands(post)[0], wire.said) == ("sent", [WORDS])


def test_a_gate_that_closes_after_the_click_stops_the_very_next_send(
    noor: User, daan: User, x: Inbox, wire: Wire
) -> None:
    plan(noor, daan, BLOCKS)
    quiet = a_crisis(noor, level=2)
    post = publish(noor, quiet, x, statement_id=a_statement().pk).posts.get()
    crises.set_level(noor, quiet.pk, 1, reason="Nu even niets")
    leaves(post, minutes(4))
    assert (stands(post), wire.said) == (("held", "crisis_block"), [])
    with pytest.raises(Conflict):
        publish(noor, quiet, x, key="2")
    crises.stand_down(noor, quiet.pk, reason="Voorbij")
    leaves(post, minutes(5))
    assert (stands(post)[0], wire.said) == ("held", []), "never by itself"
    statements.repeat_post(noor, post.pk, now=minutes(6))
    leaves(post, minutes(7))
    assert stands(post)[0] == "sent"


# ── the network ──────────────────────────────────────────────────────────────
def test_a_lost_answer_is_looked_for_and_never_sent_twice(noor: User, crisis: Crisis, x: Inbox, wire: Wire) -> None:
    post = publish(noor, crisis, x).posts.get()
    wire.answers = [OutcomeUnknown("De verbinding viel weg.")]
    leaves(post, minutes(2))
    assert stands(post) == ("unknown", "outcome_unknown")
    post_send.send(post.pk, minutes(3))
    post_send.look_up(post.pk, minutes(3))
    assert (stands(post)[0], len(wire.said)) == ("unknown", 1)
    wire.there = SendResult("77", minutes(2), "77", "https://x.test/77")
    post_send.look_up(post.pk, minutes(4))
    assert (stands(post)[0], post.url, len(wire.said)) == ("sent", "https://x.test/77", 1)
    assert kinds(crisis) == ["started", "published", "post_unknown", "post_sent"]


def test_what_is_found_is_one_post_and_not_another_with_the_same_words(
    noor: User, crisis: Crisis, x: Inbox, wire: Wire
) -> None:
    first, second = (publish(noor, crisis, x, key=key).posts.get() for key in "12")
    leaves(first, minutes(2))
    wire.answers = [OutcomeUnknown("weg")]
    leaves(second, minutes(2))
    wire.there = SendResult("x-1", minutes(2))
    post_send.look_up(second.pk, minutes(3))
    assert stands(second)[0] == "unknown"
    statements.confirm_post(noor, second.pk, now=minutes(4))
    assert stands(second)[0] == "sent"
    with pytest.raises(Conflict):
        statements.confirm_post(noor, second.pk)


def test_a_worker_that_died_while_sending_leaves_a_post_that_is_not_certain(
    noor: User, crisis: Crisis, x: Inbox, wire: Wire
) -> None:
    post = publish(noor, crisis, x).posts.get()
    Post.objects.filter(pk=post.pk).update(state="sending", claimed_at=minutes(2))
    assert post_send.give_up_on_stuck(minutes(2.4)) == 0
    assert post_send.give_up_on_stuck(minutes(3)) == 1
    post_send.send(post.pk, minutes(4))
    assert (stands(post), wire.said) == (("unknown", "outcome_unknown"), [])


def test_what_failed_for_a_while_is_tried_again_and_what_the_network_refuses_can_be_repeated(
    noor: User, crisis: Crisis, x: Inbox, wire: Wire
) -> None:
    post = publish(noor, crisis, x).posts.get()
    wire.answers = [Transient("stil"), RateLimited("rustig aan", retry_at=minutes(20))]
    leaves(post, minutes(2))
    assert stands(post) == ("queued", "transient")
    leaves(post, minutes(3))
    assert (stands(post)[0], post.next_attempt_at) == ("queued", minutes(20))
    wire.answers = [gateway.InvalidContent("te lang", limit=1)]
    leaves(post, minutes(20))
    assert stands(post) == ("failed", "invalid_content")
    statements.repeat_post(noor, post.pk, now=minutes(21))
    leaves(post, minutes(21))
    assert stands(post)[0] == "sent"
    assert kinds(crisis) == ["started", "published", "post_failed", "post_again", "post_sent"]


def test_an_account_that_is_signed_out_holds_it_and_it_does_not_leave_by_itself_hours_later(
    noor: User, crisis: Crisis, x: Inbox, wire: Wire
) -> None:
    post = publish(noor, crisis, x).posts.get()
    wire.answers = [AuthExpired("uitgelogd")]
    leaves(post, minutes(2))
    assert stands(post) == ("held", "auth_expired")
    x.refresh_from_db()
    assert x.state == Inbox.State.NEEDS_REAUTHORISATION
    Inbox.objects.update(state="active")
    leaves(post, minutes(200))
    assert stands(post)[0] == "held"


def test_it_can_be_taken_back_until_it_leaves(noor: User, crisis: Crisis, x: Inbox, wire: Wire) -> None:
    post = publish(noor, crisis, x).posts.get()
    statements.withdraw_post(noor, post.pk)
    leaves(post, minutes(2))
    assert (stands(post)[0], wire.said) == ("cancelled", [])
    other = publish(noor, crisis, x, key="2").posts.get()
    leaves(other, minutes(2))
    with pytest.raises(Conflict):
        statements.withdraw_post(noor, other.pk)


def test_when_the_crisis_is_closed_nothing_more_is_published(noor: User, crisis: Crisis, x: Inbox) -> None:
    crises.stand_down(noor, crisis.pk, reason="Voorbij")
    publish(noor, crisis, x)  # that it is solved
    crises.review(noor, crisis.pk, conclusion="Sneller bellen")
    with pytest.raises(Conflict):
        publish(noor, crisis, x, key="2")


def test_two_publish_at_once_and_each_wish_is_kept_apart(noor: User, daan: User, crisis: Crisis, x: Inbox) -> None:
    posts = [Wish(x.pk, "nl", WORDS), Wish(x.pk, "en", "We are looking into it.")]
    for who in (noor, daan):
        statements.publish(who, crisis.pk, posts=posts, idempotency_key="1", now=minutes(1))
    assert Post.objects.count() == 4


def test_a_post_that_nobody_knows_is_missing(noor: User) -> None:
    for verb in (statements.withdraw_post, statements.repeat_post, statements.approve_post):
        with pytest.raises(DeskError) as refused:
            verb(noor, 9_999)
        assert refused.value.status == 404
