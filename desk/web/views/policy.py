"""What the company asks of every reply, in plain words, for everybody who writes one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from desk.web.guards import signed_in
from desk.web.show.rulebook_words import called
from policies.plain_language import plain_language


@signed_in()
def page(request: HttpRequest) -> HttpResponse:
    """Made from the version that is active, so that it can't say anything else than what is checked."""
    active = in_force()
    version = RulebookVersion.objects.only("number", "activated_at").get(pk=active.version_id)
    plain = plain_language(active.rulebook, get_language() or "en", called())
    return render(request, "desk/policy/page.html", {"version": version, "plain": plain})
