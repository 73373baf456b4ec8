"""Everything that can be changed without a release, and proposals by anybody."""

from typing import Any

from rest_framework.request import Request

from desk.actions.changes import change_links
from desk.actions.changes import changes as verbs
from desk.actions.changes.kinds import THE_ONE
from desk.actions.changes.registry import ALL, kind_of
from desk.api.forms.changes import (
    CameOfSerializer,
    ChangeQuery,
    DifferenceSerializer,
    KindSerializer,
    MomentSerializer,
    NumberSerializer,
    OneProposalSerializer,
    OneThingSerializer,
    PlanVersionSerializer,
    PreviewQuery,
    PreviewSerializer,
    ProposalSerializer,
    ProposeChangeSerializer,
    ReasonSerializer,
    RemarkSerializer,
    RewriteChangeSerializer,
    SeenChangeSerializer,
    ThingQuery,
    ThingSerializer,
    ThingVersionSerializer,
    WaitingSerializer,
    WriteRemarkSerializer,
    change_form,
    kind_form,
    thing_form,
    values_of,
    version_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each, serialized
from desk.api.views import Resource
from desk.changes.models import Change
from desk.common.errors import DeskError
from desk.common.paging import Slice, slice_after
from desk.people.models import User
from desk.people.permissions import require
from policies.change_states import OPEN


def _written(reader: User, one: Change) -> dict[str, Any]:
    found = verbs.one_seen_by(reader, one.pk)
    return {
        **change_form(found),
        "differences": [DifferenceSerializer(line).data for line in _differences(reader, found)],
    }


def _differences(reader: User, one: Change) -> list[Any]:
    kind = kind_of(one.kind)
    hidden = kind.reads is not None and one.author_id != reader.pk and not reader.may(kind.reads)
    if one.values is None or one.state not in OPEN or hidden:
        return []
    try:
        return kind.differences(kind.meant(one.thing), one.values)
    except DeskError:  # it is gone by now
        return []


class Kinds(Resource):
    @operation("changes_kinds_read", "See what kinds of things can be changed", gives=KindSerializer, many=True)
    def get(self, request: Request) -> Any:
        """What each is called in proposals, and whether the caller decides about it."""
        return [kind_form(kind, self.person) for kind in ALL]


class Things(Resource):
    @operation("changes_things_list", "List things of a kind", asks=ThingQuery, gives=ThingSerializer, paged=True)
    def get(self, request: Request, kind: str, query: dict[str, Any]) -> Page:
        """In the order of the kind."""
        sort = kind_of(kind)
        if sort.single:
            return Page(Slice([sort.found(THE_ONE)], "", ""), each(lambda row: thing_form(sort, row)))
        rows = sort.rows()
        if (words := query["q"].replace("\x00", "")) and sort.searched:
            rows = rows.filter(**{f"{sort.searched}__icontains": words})
        found = slice_after(rows, sort.key, query["cursor"], query["page_size"])
        return Page(found, each(lambda row: thing_form(sort, row)))


class OneThing(Resource):
    @operation("changes_things_read", "Read a thing with its versions", gives=OneThingSerializer)
    def get(self, request: Request, kind: str, thing: int) -> dict[str, Any]:
        """The newest versions, of which there may be more, and drafts that the kind keeps itself."""
        sort = kind_of(kind)
        row = sort.found(thing)
        reads = sort.reads is None or self.person.may(sort.reads)
        return {
            **thing_form(sort, row),
            "versions": [version_form(one) for one in sort.versions(row)] if reads else [],
            "waiting": [WaitingSerializer(one).data for one in (sort.waiting(row) if reads else [])],
        }


class ThingVersions(Resource):
    @operation(
        "changes_things_versions_list", "List versions of a thing", asks=PageQuery, gives=ThingVersionSerializer,
        paged=True,
    )  # fmt: skip
    def get(self, request: Request, kind: str, thing: int, query: dict[str, Any]) -> Page:
        """All of them, the newest first."""
        sort = kind_of(kind)
        row = sort.found(thing)
        if sort.reads is not None:
            require(self.person, sort.reads)
        key = (sort.version_key,)
        found = slice_after(sort.version_rows(row), key, query["cursor"], query["page_size"], descending=True)
        return Page(found, each(lambda one: version_form(sort.version(row, one))))


class RollBack(Resource):
    @operation(
        "changes_things_roll_back", "Go back to an earlier version", takes=NumberSerializer, gives=CameOfSerializer
    )
    def post(self, request: Request, kind: str, thing: int, wish: dict[str, Any]) -> dict[str, Any]:
        """In force at once, as a new version. For who decides about the thing."""
        return {"version": verbs.roll_back(self.person, kind, thing, wish["number"])}


class PlanVersion(Resource):
    @operation(
        "changes_plan_version",
        "Plan a version of the rulebook or the crisis plan for a moment",
        takes=PlanVersionSerializer,
        gives=OneProposalSerializer,
        status=201,
    )
    def post(self, request: Request, kind: str, wish: dict[str, Any]) -> dict[str, Any]:
        """Switched on then by whoever planned it, with all that switching on asks."""
        return _written(self.person, verbs.plan_version(self.person, kind, wish["number"], at=wish["at"]))


class Changes(Resource):
    @operation("changes_list", "List proposals and drafts", asks=ChangeQuery, gives=ProposalSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first; without drafts of others about which the caller does not decide."""
        rows = verbs.seen_by(self.person)
        for name in ("state", "kind"):
            if name in query:
                rows = rows.filter(**{name: query[name]})
        if query["mine"]:
            rows = rows.filter(author=self.person)
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(change_form))

    @operation(
        "changes_propose", "Propose a change", takes=ProposeChangeSerializer, gives=OneProposalSerializer, status=201
    )
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """Whoever works here may: ideas need no rank."""
        values = values_of(wish["kind"], wish)
        made = verbs.draft(
            self.person, wish["kind"], wish["thing"], what=wish["what"], why=wish["why"], values=values,
            propose=not wish["draft"],
        )  # fmt: skip
        return _written(self.person, made)


class OneChange(Resource):
    @operation("changes_read", "Read a proposal with what it would change", gives=OneProposalSerializer)
    def get(self, request: Request, change_id: int) -> dict[str, Any]:
        return _written(self.person, verbs.one_seen_by(self.person, change_id))

    @operation("changes_rewrite", "Rewrite a proposal", takes=RewriteChangeSerializer, gives=OneProposalSerializer)
    def put(self, request: Request, change_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """For its author and for who decides about the thing."""
        kind = verbs.one_seen_by(self.person, change_id).kind
        values = values_of(kind, wish)
        made = verbs.rewrite(self.person, change_id, what=wish["what"], why=wish["why"], values=values)
        return _written(self.person, made)


class PreviewChange(Resource):
    @operation(
        "changes_preview_read", "See what a proposal would have done", asks=PreviewQuery, gives=PreviewSerializer
    )
    def get(self, request: Request, change_id: int, query: dict[str, Any]) -> Any:
        """In the last days: breaches saved and added, tickets that go elsewhere, replies that would be stopped."""
        return PreviewSerializer(verbs.foreseen(self.person, change_id, days=query["days"])).data


class Remarks(Resource):
    @operation("changes_remarks_list", "List what is said", asks=PageQuery, gives=RemarkSerializer, paged=True)
    def get(self, request: Request, change_id: int, query: dict[str, Any]) -> Page:
        """The oldest first."""
        rows = verbs.one_seen_by(self.person, change_id).remarks.select_related("author")
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), serialized(RemarkSerializer))

    @operation(
        "changes_remarks_create",
        "Say something about a proposal",
        takes=WriteRemarkSerializer,
        gives=RemarkSerializer,
        status=201,
    )
    def post(self, request: Request, change_id: int, wish: dict[str, Any]) -> Any:
        return RemarkSerializer(verbs.remark(self.person, change_id, wish["text"])).data


class Propose(Resource):
    @operation("changes_ask", "Propose a draft of one's own", gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int) -> dict[str, Any]:
        return _written(self.person, verbs.propose(self.person, change_id))


class Adopt(Resource):
    @operation("changes_adopt", "Adopt a proposal", takes=SeenChangeSerializer, gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """In force at once, or a draft of the rulebook or the plan, or taken up where it is in words alone."""
        return _written(self.person, verbs.adopt(self.person, change_id, seen=wish.get("seen")))


class Plan(Resource):
    @operation("changes_plan", "Switch a proposal on at a moment", takes=MomentSerializer, gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        return _written(self.person, verbs.plan(self.person, change_id, at=wish["at"]))


class Unplan(Resource):
    @operation("changes_unplan", "No longer switch it on by itself", gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int) -> dict[str, Any]:
        return _written(self.person, verbs.unplan(self.person, change_id))


class Decline(Resource):
    @operation("changes_decline", "Decline a proposal", takes=ReasonSerializer, gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        return _written(self.person, verbs.decline(self.person, change_id, reason=wish["reason"]))


class LinksOfChange(Resource):
    @operation("changes_links_end", "End the link by which its author follows a proposal", status=204)
    def delete(self, request: Request, change_id: int) -> None:
        """Of an author without a seat; for who decides about it. The next mail about it brings a new one."""
        change_links.end(self.person, change_id)


class Withdraw(Resource):
    @operation("changes_withdraw", "Take one's own proposal back", gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int) -> dict[str, Any]:
        return _written(self.person, verbs.withdraw(self.person, change_id))


class TakeAway(Resource):
    @operation("changes_take_away", "Take away what an adopted proposal made", gives=OneProposalSerializer)
    def post(self, request: Request, change_id: int) -> dict[str, Any]:
        """The way back where something new came of it. What was done with it stays done."""
        return _written(self.person, verbs.take_away(self.person, change_id))
