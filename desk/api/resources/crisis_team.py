"""A crisis's roles and checklist, and the replies that its gate held or came too late for."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.crises import crisis_team as verbs
from desk.actions.crises.crisis_held import held, left_before, newer_than, posts_left_before
from desk.api.forms.crisis_plans import (
    CrisisTaskSerializer,
    GiveRolesSerializer,
    HeldReplySerializer,
    RoleHolderSerializer,
    TickSerializer,
    held_form,
    task_form,
)
from desk.api.forms.replies import ReplySerializer, reply_form
from desk.api.forms.statements import OwnPostSerializer, post_form
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.crises.checklist import checklist
from desk.crises.models import Crisis
from desk.people.permissions import Permission, require


class Checklist(Resource):
    @operation("crises_checklist_list", "Read the checklist", gives=CrisisTaskSerializer, many=True)
    def get(self, request: Request, crisis_id: int) -> Any:
        """What there is to do by the highest level that the crisis has reached."""
        return [task_form(one) for one in checklist(_crisis(crisis_id))]


class Tick(Resource):
    @operation("crises_tick", "Tick a task", takes=TickSerializer, gives=CrisisTaskSerializer, many=True)
    def post(self, request: Request, crisis_id: int, task: str, wish: dict[str, Any]) -> Any:
        """By whoever manages crises or holds its role. It goes into the log; the answer is the whole checklist."""
        verbs.tick(self.person, crisis_id, task, **wish)
        return [task_form(one) for one in checklist(_crisis(crisis_id))]


class Roles(Resource):
    @operation("crises_roles_list", "Read who holds which role", gives=RoleHolderSerializer, many=True)
    def get(self, request: Request, crisis_id: int) -> Any:
        return _roles(_crisis(crisis_id))

    @operation(
        "crises_roles", "Put people into roles", takes=GiveRolesSerializer, gives=RoleHolderSerializer, many=True
    )
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        holders = wish.pop("holders")
        verbs.give_roles(self.person, crisis_id, holders, **wish)
        return _roles(_crisis(crisis_id))


class Held(Resource):
    @operation("crises_held_list", "List what a crisis held", asks=PageQuery, gives=HeldReplySerializer, paged=True)
    def get(self, request: Request, crisis_id: int, query: dict[str, Any]) -> Page:
        """Oldest first; `replies/{id}/release/` or `cancel/` decides. Nothing of it ever leaves by itself."""
        require(self.person, Permission.REPLY)
        rows = held(_crisis(crisis_id)).select_related("author", "ticket").prefetch_related("attachments")

        def forms(found: Any) -> Any:
            newer = newer_than(found)
            return [held_form(reply, newer[reply.pk], self.eyes) for reply in found]

        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), forms)


class LeftBefore(Resource):
    @operation("crises_left_list", "List what left before the gate closed", gives=ReplySerializer, many=True)
    def get(self, request: Request, crisis_id: int) -> Any:
        """A sender had claimed these when the crisis began to cover them. Nothing else left."""
        require(self.person, Permission.SEE_CRISES)
        return [reply_form(reply, self.eyes) for reply in left_before(_crisis(crisis_id))]


class PostsLeftBefore(Resource):
    @operation(
        "crises_left_posts_list", "List the posts that left before the gate closed", gives=OwnPostSerializer, many=True
    )
    def get(self, request: Request, crisis_id: int) -> Any:
        """Posts of our own that a sender had claimed when the gate closed, with what became of each."""
        require(self.person, Permission.SEE_CRISES)
        posts = posts_left_before(_crisis(crisis_id))
        return [post_form(post, self.eyes, post.publication.author_id) for post in posts]


def _roles(crisis: Crisis) -> list[dict[str, Any]]:
    names = crisis.kept_plan.roles if crisis.kept_plan else {}
    return [{"role": key, "name": name, "holder": crisis.role_holders.get(key)} for key, name in names.items()]


def _crisis(crisis_id: int) -> Crisis:
    crisis = Crisis.objects.select_related("plan").filter(pk=crisis_id).first()
    if crisis is None:
        raise Missing(_("There is no such crisis."))
    return crisis
