"""Opening hours as one says them in a sentence: “ma t/m vr 9:00–17:30, za 10:00–16:00”."""

from collections.abc import Iterator, Sequence

from policies.business_time import Spans
from policies.wall_clock import DAY

_DAYS = {
    "nl": "ma di wo do vr za zo",
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "de": "Mo Di Mi Do Fr Sa So",
    "fr": "lun mar mer jeu ven sam dim",
}
_UNTIL = {"nl": " t/m ", "en": "–", "de": "–", "fr": "–"}
_EVERY_DAY = {"nl": "elke dag", "en": "every day", "de": "täglich", "fr": "tous les jours"}
_ALWAYS = {"nl": "dag en nacht", "en": "day and night", "de": "rund um die Uhr", "fr": "jour et nuit"}


def opening_words(week: Sequence[Spans], language: str) -> str:
    """The hours of a usual week (Monday first), in English where the language is not known; empty where never open."""
    language = language if language in _DAYS else "en"
    if all(_whole_day(spans) for spans in week):
        return _ALWAYS[language]
    return ", ".join(_group(days, spans, language) for days, spans in _groups(week) if spans)


def _whole_day(spans: Spans) -> bool:
    return spans == ((0, DAY),)


def _groups(week: Sequence[Spans]) -> Iterator[tuple[list[int], Spans]]:
    """Days one after the other with the same hours."""
    days: list[int] = []
    for day, spans in enumerate(week):
        if days and spans != week[days[0]]:
            yield days, week[days[0]]
            days = []
        days.append(day)
    yield days, week[days[0]]


def _group(days: list[int], spans: Spans, language: str) -> str:
    names = _DAYS[language].split()
    if len(days) == len(names):
        when = _EVERY_DAY[language]
    elif len(days) == 1:
        when = names[days[0]]
    else:
        between = _UNTIL[language] if len(days) > 2 else ", "
        when = f"{names[days[0]]}{between}{names[days[-1]]}"
    hours = ", ".join(f"{_time(start)}–{_time(end)}" for start, end in sorted(spans))
    return f"{when} {hours}"


def _time(minute: int) -> str:
    """24:00 stays so: it is the end of this day."""
    hour, minutes = divmod(minute if minute <= DAY else minute - DAY, 60)
    return f"{hour}:{minutes:02}"
