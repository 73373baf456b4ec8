"""What the company asks of every reply, in plain words, for everybody who writes one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from desk.rulebooks.models import RulebookVersion
from desk.web.guards import signed_in
from policies.plain_language import plain_language
from policies.rulebook_states import State


@signed_in()
def page(request: HttpRequest) -> HttpResponse:
    """Made from the version that is active, so that it can't say anything else than what is checked."""
    active = RulebookVersion.objects.get(state=State.ACTIVE)
    sections = plain_language(active.rulebook(), get_language() or "en")
    return render(request, "desk/policy/page.html", {"version": active, "plain": sections})
