"""What a version of the rulebook would have said of replies that left."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.rulebooks import what_if as verbs
from desk.api.forms.what_if import (
    AskWhatIfSerializer,
    WhatIfCountSerializer,
    WhatIfCountsQuery,
    WhatIfSerializer,
    WhatIfTextSerializer,
    WhatIfTextsQuery,
    WholeWhatIfSerializer,
    count_form,
    run_form,
    text_form,
    whole_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.rulebooks import what_if_results as results
from desk.rulebooks.models import WhatIf


class AskWhatIf(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation(
        "rulebooks_what_if",
        "Run a version over replies",
        takes=AskWhatIfSerializer,
        gives=WholeWhatIfSerializer,
        status=202,
    )
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        """A worker does it: read the what-if until its `state` is no longer `running`. It is kept for 30 days."""
        if "days" in wish:
            return whole_form(_run(verbs.ask_about_replies(self.person, number, days=wish["days"]).pk))
        raw = wish["csv"].encode("utf-8", "surrogatepass")
        return whole_form(_run(verbs.ask_about_file(self.person, number, raw=raw, file_name=wish["file_name"]).pk))


class WhatIfs(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation("what_ifs_list", "List what-ifs", asks=PageQuery, gives=WhatIfSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = slice_after(results.runs(), ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(rows, each(run_form))


class OneWhatIf(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation("what_ifs_read", "Read a what-if", gives=WholeWhatIfSerializer)
    def get(self, request: Request, run_id: int) -> Any:
        return whole_form(_run(run_id))


class WhatIfCounts(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation(
        "what_ifs_counts_list",
        "List the figures of a what-if by rule, team or agent",
        asks=WhatIfCountsQuery,
        gives=WhatIfCountSerializer,
        paged=True,
    )
    def get(self, request: Request, run_id: int, query: dict[str, Any]) -> Page:
        """Those with the most findings first."""
        rows = results.counts(_run(run_id), query["by"])
        key = ("found", "id")
        return Page(slice_after(rows, key, query["cursor"], query["page_size"], descending=True), each(count_form))


class WhatIfTexts(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation(
        "what_ifs_texts_list",
        "List the texts in which a what-if found something",
        asks=WhatIfTextsQuery,
        gives=WhatIfTextSerializer,
        paged=True,
    )
    def get(self, request: Request, run_id: int, query: dict[str, Any]) -> Page:
        """In the order in which the replies left, or in that of the file."""
        cursor, size = query.pop("cursor"), query.pop("page_size")
        rows = results.texts(_run(run_id), results.Wanted(**query))
        return Page(slice_after(rows, ("id",), cursor, size), each(text_form))


class CancelWhatIf(Resource):
    reads = Permission.WRITE_RULEBOOK

    @operation("what_ifs_cancel", "Cancel a what-if", gives=WholeWhatIfSerializer)
    def post(self, request: Request, run_id: int) -> Any:
        """What was found so far stays."""
        return whole_form(_run(verbs.cancel(self.person, run_id).pk))


def _run(run_id: int) -> WhatIf:
    run = results.runs().filter(pk=run_id).first()
    if run is None:
        raise Missing(_("There is no such what-if. It may have been too old."))
    return run
