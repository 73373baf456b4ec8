"""The page of the words that are told at once, and of many who write the same."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.signals import signal_rules as verbs
from desk.people.permissions import Permission
from desk.web.forms import Field, edit, number
from desk.web.guards import person, signed_in


@signed_in(Permission.MANAGE_CRISES)
def page(request: HttpRequest) -> HttpResponse:
    def verb() -> str:
        verbs.change(
            person(request),
            words=[line.strip() for line in request.POST.get("words", "").splitlines() if line.strip()],
            least_reach=number(request.POST, "least_reach"),
            words_on="words_on" in request.POST,
            least_people=number(request.POST, "least_people"),
            alike_on="alike_on" in request.POST,
        )
        return _("The list is kept.")

    rules = verbs.current()
    known = {name: getattr(rules, name) for name in verbs.NAMES} | {"words": "\n".join(rules.words)}
    return edit(request, "desk/signals/rules.html", FIELDS, known, {}, verb, then="signal-rules")


FIELDS = (
    Field("words_on", gettext_lazy("Tell when somebody whom many follow writes one of these words"), kind="tick"),
    Field("least_reach", gettext_lazy("Followers from which that is told"), kind="number"),
    Field(
        "words",
        gettext_lazy("The words, a line each"),
        kind="area",
        language="und",
        help=gettext_lazy("All words of a line must be there; a star stands for more letters: “*storing”, “evacuat*”."),
    ),
    Field("alike_on", gettext_lazy("Tell when many write almost the same within half an hour"), kind="tick"),
    Field("least_people", gettext_lazy("People from which that is told"), kind="number"),
)
