"""The form of a stream that is watched, and how what is typed in it becomes what the verbs take."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.signals.signal_backtest import PERIODS
from desk.actions.signals.signal_streams import HIGHEST, HIGHEST_REACH, LONGEST_COOLDOWN, Wish
from desk.common.errors import Invalid
from desk.inboxes.models import Inbox
from desk.signals.models import Stream
from desk.web.crisis_forms import scope_fields, scope_values
from desk.web.forms import Choices, Field
from policies.signals import Sensitivity, Settings

SLIDER = (Sensitivity.STRICT, Sensitivity.BALANCED, Sensitivity.SENSITIVE)  # from left to right
PERIOD_WORDS = {"7": gettext_lazy("a week"), "28": gettext_lazy("four weeks"), "90": gettext_lazy("three months")}
USUAL_PERIOD = "28"
_AMOUNTS = (("floor", HIGHEST), ("reach_floor", HIGHEST_REACH), ("cooldown_hours", LONGEST_COOLDOWN))


def fields(stream: Stream | None) -> list[Field]:
    """All but the slider. The scope of an inbox's own stream is that inbox, and is not asked."""
    brands = Inbox.objects.exclude(brand="").order_by("brand").values_list("brand", flat=True).distinct()
    asked = [Field("name", gettext_lazy("Name"))]
    if stream is None or stream.inbox_id is None:
        choices: Choices = (("", gettext_lazy("All brands")), *((brand, brand) for brand in brands))
        asked += [
            *scope_fields(stream.scope_form if stream is not None else {}, counted=True),
            Field("brand", gettext_lazy("Only this brand"), kind="choice", choices=choices, required=False),
        ]
    return [
        *asked,
        Field(
            "floor",
            gettext_lazy("Never below so many messages in half an hour"),
            kind="number",
        ),
        Field("reach_floor", gettext_lazy("Never below so many followers reached in half an hour"), kind="number"),
        Field("cooldown_hours", gettext_lazy("Hours of quiet after an alert, unless it gets far worse"), kind="number"),
        Field("period", gettext_lazy("Look back"), kind="choice", choices=tuple(PERIOD_WORDS.items())),
    ]


def known(stream: Stream | None) -> dict[str, Any]:
    """What the form shows at first."""
    one = stream or Stream(scope_form={})
    scope = one.scope_form
    return {
        "name": one.name,
        "brand": one.brand,
        "floor": f"{one.floor:g}",
        "reach_floor": f"{one.reach_floor:.0f}",
        "cooldown_hours": f"{one.cooldown_hours:g}",
        "slider": SLIDER.index(Sensitivity(one.sensitivity)),
        "period": USUAL_PERIOD,
        "networks": scope.get("networks", ()),
        "inboxes": scope.get("inboxes", ()),
        "languages": ", ".join(scope.get("languages", ())),
        "topics": ", ".join(scope.get("topics", ())),
    }


def wish(values: QueryDict, stream: Stream | None, *, is_on: bool | None) -> Wish:
    """What the verbs take. Raises Invalid."""
    own = stream is not None and stream.inbox_id is not None
    asked = settings(values)
    return Wish(
        name=values.get("name", ""),
        scope=None if own else scope_values(values),
        brand=None if own else values.get("brand", ""),
        sensitivity=asked.sensitivity,
        floor=asked.floor,
        reach_floor=asked.reach_floor,
        cooldown_hours=asked.cooldown.total_seconds() / 3600,
        is_on=is_on,
    )


def settings(values: Mapping[str, Any]) -> Settings:
    """Raises Invalid."""
    place = str(values.get("slider", ""))
    if place not in map(str, range(len(SLIDER))):
        raise Invalid(_("Choose sensitive, balanced or strict."))
    floor, reach_floor, hours = (_amount(values, *one) for one in _AMOUNTS)
    return Settings(SLIDER[int(place)], floor, reach_floor, timedelta(hours=hours))


def period(values: Mapping[str, Any]) -> str:
    asked = str(values.get("period", ""))
    return asked if asked in PERIODS else USUAL_PERIOD


def _amount(values: Mapping[str, Any], name: str, most: float) -> float:
    try:
        amount = float(str(values.get(name, "")).replace(",", "."))
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= most:
        problem = _("Give a number of 0 or more.")
        raise Invalid(problem, errors={name: [problem]})
    return amount
