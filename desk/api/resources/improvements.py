"""What causes cost, and what is done about them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.causes import cause_figures
from desk.actions.causes import improvements as verbs
from desk.actions.causes.improvement_effect import effects
from desk.api.forms.improvements import (
    CauseFiguresSerializer,
    ImprovementQuery,
    ImprovementSerializer,
    OneImprovementSerializer,
    PeriodQuery,
    ProposeImprovementSerializer,
    StepImprovementSerializer,
    TellSerializer,
    ToldSerializer,
    WriteImprovementSerializer,
    figures_form,
    improvement_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, serialized
from desk.api.views import Resource
from desk.causes.models import Improvement
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import User


def _written(improvement_id: int) -> dict[str, Any]:
    one = Improvement.objects.select_related("owner").filter(pk=improvement_id).first()
    if one is None:
        raise Missing(_("There is no such improvement."))
    return improvement_form(one, effects([one]))


class Figures(Resource):
    @operation("causes_figures_read", "See what causes cost", asks=PeriodQuery, gives=CauseFiguresSerializer)
    def get(self, request: Request, query: dict[str, Any]) -> dict[str, Any]:
        """Volume, hours, promises, sentiment and the change of every cause, at most a minute old."""
        return figures_form(cause_figures.read(self.person, query["period"]))


class CauseOnPaper(Resource):
    """`on_paper` comes from whoever wires addresses, as with the report of a crisis."""

    on_paper: Callable[[int, str, User], HttpResponse] | None = None

    @operation("causes_pdf_read", "Read the report of a cause as PDF", asks=PeriodQuery, file="application/pdf")
    def get(self, request: Request, cause_id: int, query: dict[str, Any]) -> HttpResponse:
        """Its figures, its weeks, what is done about it and what customers said, in the caller's language."""
        if self.on_paper is None:
            raise TypeError("nobody draws paper")
        return self.on_paper(cause_id, query["period"], self.person)


class Improvements(Resource):
    @operation("improvements_list", "List improvements", asks=ImprovementQuery, gives=ImprovementSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = Improvement.objects.select_related("owner")
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "cause" in query:
            tree = Tree()
            rows = rows.filter(cause__in=tree.under(tree.now(query["cause"])) if query["cause"] in tree else ())
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(ImprovementSerializer))

    @operation(
        "improvements_propose",
        "Propose an improvement",
        takes=ProposeImprovementSerializer,
        gives=OneImprovementSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """Whoever reads tickets may: ideas need no rank."""
        made = verbs.propose(
            self.person, wish["cause"], wish["what"], owner_id=wish.get("owner"), due_on=wish.get("due_on")
        )
        return _written(made.pk)


class OneImprovement(Resource):
    @operation("improvements_read", "Read an improvement with its effect", gives=OneImprovementSerializer)
    def get(self, request: Request, improvement_id: int) -> dict[str, Any]:
        return _written(improvement_id)

    @operation(
        "improvements_change",
        "Change an improvement",
        takes=WriteImprovementSerializer,
        gives=OneImprovementSerializer,
    )
    def put(self, request: Request, improvement_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What is left out is empty. For whoever owns the cause or the improvement, or manages causes."""
        verbs.change(self.person, improvement_id, wish["what"], owner_id=wish.get("owner"), due_on=wish.get("due_on"))
        return _written(improvement_id)


class StepImprovement(Resource):
    @operation(
        "improvements_step",
        "Agree to an improvement, start, finish or drop it",
        takes=StepImprovementSerializer,
        gives=OneImprovementSerializer,
    )
    def post(self, request: Request, improvement_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        verbs.step(
            self.person, improvement_id, wish["event"], changed=wish.get("changed", ""), done_on=wish.get("done_on")
        )
        return _written(improvement_id)


class TellOfImprovement(Resource):
    @operation(
        "improvements_tell",
        "Tell the next customers who asked what changed",
        takes=TellSerializer,
        gives=ToldSerializer,
        many=True,
    )
    def post(self, request: Request, improvement_id: int, wish: dict[str, Any]) -> Any:
        """At most 25 at a time, each as a reply under the rules and approvals of any reply."""
        return [ToldSerializer(row).data for row in verbs.tell(self.person, improvement_id, wish["text"])]
