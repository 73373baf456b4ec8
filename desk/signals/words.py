"""Signals as sentences, in the language that is active: what was counted, what was expected, and why that is told."""

from collections.abc import Iterator, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.signals.models import Signal

_COUNTED = {
    "messages": gettext_lazy("%(count)s messages in half an hour."),
    "negative": gettext_lazy("%(count)s negative messages in half an hour."),
    "reach": gettext_lazy("What was said in half an hour reached %(count)s followers."),
}


def title(signal: Signal) -> str:
    """A few words: “Surge: @vlotlijn”."""
    where = signal.facts.get("stream", "")
    kind = signal.get_kind_display()
    if signal.kind == Signal.Kind.TRIGGER:
        return f"{kind}: “{signal.facts.get('word', '')}”"
    return f"{kind}: {where}" if where else str(kind)


def sentence(signal: Signal) -> str:
    """All of `parts` in one line."""
    return " ".join(parts(signal))


def parts(signal: Signal) -> Iterator[str]:
    """What was counted; what was expected; why it was told."""
    facts = signal.facts
    match signal.kind:
        case Signal.Kind.SURGE | Signal.Kind.BUSY_HOUR:
            yield str(_COUNTED[signal.measure]) % {"count": _number(facts["counted"])}
            yield _("At this hour of this weekday %(expected)s are usual; in 99 of 100 no more than %(high)s.") % {
                "expected": _number(facts["expected"]),
                "high": _number(facts["usual_high"]),
            }
            yield _rare(facts) if signal.kind == Signal.Kind.SURGE else _unrivalled(facts)
            yield from _beside(facts.get("beside", {}), signal.measure)
        case Signal.Kind.SILENCE:
            yield _("Nothing comes any more, while %(count)s messages were to be expected by now.") % {
                "count": _number(facts["missed"])
            }
            yield _("That is no crisis: look whether the connection still works.")
        case Signal.Kind.TRIGGER:
            yield _("Somebody with %(reach)s followers wrote “%(word)s”.") % {
                "reach": _number(facts["reach"]),
                "word": facts["word"],
            }
            yield _("Your list tells of this word from %(least)s followers on.") % {"least": _number(facts["least"])}
        case Signal.Kind.OUTBREAK:
            yield _("%(count)s people wrote almost the same within half an hour.") % {"count": _number(facts["people"])}
            yield _("Your desk tells of that from %(least)s people on.") % {"least": _number(facts["least"])}


def _rare(facts: dict[str, float]) -> str:
    days = max(round(facts["rare_days"]), 1)
    said = ngettext("As much comes once a day.", "As much comes once in %(count)s days.", days)
    return said % {"count": _number(days)}


def _unrivalled(facts: dict[str, float]) -> str:
    days = max(round(facts["unrivalled_days"]), 1)
    said = ngettext("No hour was as busy for a day.", "No hour was as busy for %(count)s days.", days)
    return said % {"count": _number(days)}


def _beside(beside: Mapping[str, tuple[float, float]], told: str) -> Iterator[str]:
    """What the other detectors counted in the same half hour: how many messages, which share negative, what reach."""
    said, usual = beside.get("messages", (0, 0))
    if told == "reach" and said:
        yield ngettext(
            "It was %(count)s message; %(expected)s are usual.",
            "They were %(count)s messages; %(expected)s are usual.",
            round(said),
        ) % {"count": _number(said), "expected": _number(usual)}  # fmt: skip
    bad, usually_bad = beside.get("negative", (0, 0))
    if said and round(usual):
        yield _("%(share)s %% were negative; %(expected)s %% are usual.") % {
            "share": _number(min(100 * bad / said, 100)),
            "expected": _number(min(100 * usually_bad / usual, 100)),
        }
    elif said:
        yield _("%(share)s %% were negative.") % {"share": _number(min(100 * bad / said, 100))}
    reach, usual_reach = beside.get("reach", (0, 0))
    if reach and told != "reach":
        yield _("It reached %(count)s followers; %(expected)s are usual.") % {
            "count": _number(reach), "expected": _number(usual_reach),
        }  # fmt: skip


def _number(value: float) -> str:
    return str(number_format(round(value), use_l10n=True, force_grouping=True))
