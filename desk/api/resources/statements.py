"""Statements: what is ready, publishing on many accounts in one action, and what became of each post."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.statements import statements as verbs
from desk.actions.statements.next_updates import open_update, withdraw_update
from desk.actions.statements.statement_answers import publish_and_answer
from desk.actions.statements.statement_texts import publishes, table
from desk.api.forms.statements import (
    NextUpdateSerializer,
    OwnPostSerializer,
    PublicationSerializer,
    PublishSerializer,
    ReadyRowSerializer,
    WhySerializer,
    post_form,
    publication_form,
    row_form,
    update_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.statements.models import Post, Publication


class Ready(Resource):
    @operation("crises_statements_list", "See which statements are ready", gives=ReadyRowSerializer, many=True)
    def get(self, request: Request, crisis_id: int) -> Any:
        """By scenario and stage, with a cell for each network and language: what is ready and what is missing."""
        _for(self.person, crisis_id)
        return [row_form(row) for row in table(timezone.localdate())]


class Publications(Resource):
    @operation(
        "crises_publications_list", "List what was published", asks=PageQuery, gives=PublicationSerializer, paged=True
    )
    def get(self, request: Request, crisis_id: int, query: dict[str, Any]) -> Page:
        """Newest first, with what went out where and when."""
        rows = Publication.objects.filter(crisis=_for(self.person, crisis_id)).select_related("author", "answers")

        def forms(found: Sequence[Publication]) -> list[Any]:
            posts = _posts([one.pk for one in found])
            return [publication_form(one, posts.get(one.pk, []), self.eyes) for one in found]

        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True), forms)

    @operation(
        "crises_publish", "Publish a statement", takes=PublishSerializer, gives=PublicationSerializer, status=202
    )
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """On all these accounts, and with `answers` to all who wait there. 422: the rules stop one of the texts, so
        none leaves.
        """
        posts = [verbs.Wish(one["inbox"], one["language"], one["text"]) for one in wish.pop("posts")]
        statement_id = wish.pop("statement")
        verb = publish_and_answer if wish.pop("answers") else verbs.publish
        made = verb(self.person, crisis_id, posts=posts, statement_id=statement_id, **wish)
        return publication_form(made, _posts([made.pk])[made.pk], self.eyes)


class _AboutPost(Resource):
    def form(self, post: Post) -> dict[str, Any]:
        fresh = _post(post.pk)
        return post_form(fresh, self.eyes, fresh.publication.author_id)


class OnePost(_AboutPost):
    @operation("posts_read", "Read a post of a statement", gives=OwnPostSerializer)
    def get(self, request: Request, post_id: int) -> Any:
        post = _post(post_id)
        _for(self.person, post.publication.crisis_id)
        return self.form(post)


class ApprovePost(_AboutPost):
    @operation("posts_approve", "Approve a post", gives=OwnPostSerializer)
    def post(self, request: Request, post_id: int) -> Any:
        """It leaves at once. Nobody approves their own."""
        return self.form(verbs.approve_post(self.person, post_id))


class RejectPost(_AboutPost):
    @operation("posts_reject", "Reject a post", takes=WhySerializer, gives=OwnPostSerializer)
    def post(self, request: Request, post_id: int, wish: dict[str, Any]) -> Any:
        return self.form(verbs.reject_post(self.person, post_id, **wish))


class WithdrawPost(_AboutPost):
    @operation("posts_withdraw", "Take a post back before it leaves", gives=OwnPostSerializer)
    def post(self, request: Request, post_id: int) -> Any:
        """Or drop one that did not arrive."""
        return self.form(verbs.withdraw_post(self.person, post_id))


class SendPostAgain(_AboutPost):
    @operation("posts_send_again", "Send a post again", gives=OwnPostSerializer)
    def post(self, request: Request, post_id: int) -> Any:
        """One that failed, was held, or of which somebody knows that it is not there."""
        return self.form(verbs.repeat_post(self.person, post_id))


class ConfirmPost(_AboutPost):
    @operation("posts_confirm_sent", "Say that a post is there", gives=OwnPostSerializer)
    def post(self, request: Request, post_id: int) -> Any:
        """Of which nothing was certain."""
        return self.form(verbs.confirm_post(self.person, post_id))


class PromisedUpdate(Resource):
    @operation("crises_update_read", "Read which update is promised", gives=NextUpdateSerializer)
    def get(self, request: Request, crisis_id: int) -> Any:
        return update_form(open_update(_for(self.person, crisis_id)))


class WithdrawUpdate(Resource):
    @operation("crises_update_withdraw", "Withdraw the promise", takes=WhySerializer, gives=NextUpdateSerializer)
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """Nobody is reminded any more. The reason stands in the log."""
        withdraw_update(self.person, crisis_id, **wish)
        return update_form(open_update(known_crisis(crisis_id)))


def _for(reader: User, crisis_id: int) -> Crisis:
    """The crisis, for who may see crises or holds a role of it that publishes."""
    crisis = known_crisis(crisis_id)
    if not publishes(reader, crisis):
        require(reader, Permission.SEE_CRISES)
    return crisis


def _posts(publications: Sequence[int]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = {}
    rows = Post.objects.filter(publication__in=publications).select_related("inbox", "approved_by").order_by("id")
    for post in rows:
        found.setdefault(post.publication_id, []).append(post)
    return found


def _post(post_id: int) -> Post:
    rows = Post.objects.select_related("inbox", "approved_by", "publication")
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise Missing(_("There is no such post."))
    return post
