"""The form of answers in batches, and how what is typed in it becomes what the verb takes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from desk.actions.statements.batch_answers import MOST_PER_MINUTE, USUAL_PER_MINUTE, on_offer
from desk.actions.statements.batch_choice import Chosen
from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import all_networks
from desk.replies.models import CannedResponse, Reply
from desk.web.forms import Field, Words, choice, number

LANGUAGES: tuple[tuple[str, Words], ...] = (
    ("nl", gettext_lazy("Text in Dutch")),
    ("en", gettext_lazy("Text in English")),
)
MOST_OFFERED = 200  # canned responses in the list
USUAL: Mapping[str, object] = {"unanswered": "on", "visibility": "public", "per_minute": str(USUAL_PER_MINUTE)}


def fields() -> list[Field]:
    networks = tuple((network.slug, network.label) for network in all_networks())
    return [
        Field("networks", gettext_lazy("Only these networks (tick nothing for all)"), "several", choices=networks),
        Field("languages", gettext_lazy("Only customers who write in"), required=False, placeholder="nl, en"),
        Field("unanswered", gettext_lazy("Only who waits for an answer"), "tick"),
        Field(
            "like",
            gettext_lazy("Only who says almost the same as on ticket"),
            "number",
            required=False,
            help=gettext_lazy("The number of a ticket of this crisis."),
        ),
        Field("visibility", gettext_lazy("Answer"), "choice", choices=tuple(Reply.Visibility.choices)),
        Field(
            "canned_response",
            gettext_lazy("With the text of"),
            "choice",
            required=False,
            choices=(("", gettext_lazy("what is written below")), *_canned()),
        ),
        *(
            Field(
                f"text_{code}",
                label,
                "area",
                required=False,
                language=code,
                help=gettext_lazy(
                    "[Hi|Hello] offers wordings, of which each customer gets one; {{customer}} is the first name. "
                    "The same words go out no more often than the rulebook lets them."
                ),
            )
            for code, label in LANGUAGES
        ),
        Field(
            "per_minute",
            gettext_lazy("At most so many a minute in each inbox"),
            "number",
            help=gettext_lazy("From 1 to %(most)d. Where a network takes fewer, the desk is slower by itself.")
            % {"most": MOST_PER_MINUTE},
        ),
    ]


def values(typed: QueryDict) -> dict[str, Any]:
    """What the verb takes. Raises Invalid."""
    texts = [
        {"language": code, "text": words}
        for code, _label in LANGUAGES
        if (words := typed.get(f"text_{code}", "").strip())
    ]
    return {
        "chosen": Chosen(
            networks=tuple(typed.getlist("networks")),
            languages=tuple(re.findall(r"[a-z]{2,3}", typed.get("languages", "").lower())),
            unanswered="unanswered" in typed,
            like=choice(typed, "like"),
        ),
        "texts": texts,
        "canned_response_id": choice(typed, "canned_response"),
        "visibility": typed.get("visibility", ""),
        "per_minute": number(typed, "per_minute"),
    }


def at_fields(refused: DeskError, typed: QueryDict) -> DeskError:
    """The same refusal with what is wrong with a text at the field in which it is typed."""
    written = [code for code, _label in LANGUAGES if typed.get(f"text_{code}", "").strip()] or [LANGUAGES[0][0]]

    def field(path: str) -> str:
        place = re.match(r"texts(?:\.([0-9]))?", path)
        return f"text_{written[int(place[1] or 0)]}" if place else path

    errors = {field(path): said for path, said in refused.errors.items()}
    return Invalid(refused.message, errors=errors, code=refused.code) if errors else refused


def _canned() -> Iterable[tuple[str, Words]]:
    """Holding statements first."""
    statement = CannedResponse.Kind.HOLDING_STATEMENT
    rows = on_offer("public").union(on_offer("private")).values_list("pk", "name", "kind")[:MOST_OFFERED]
    return [(str(pk), name) for pk, name, kind in sorted(rows, key=lambda row: (row[2] != statement, row[1]))]
