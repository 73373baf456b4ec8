"""Values for the variables of canned responses as an agent would meet them, to show and to check a text with."""

from collections.abc import Mapping

from django.utils import timezone

from policies.canned_form import Definition
from policies.canned_variables import BuiltIn, Type, Variable, written_values


def sample_values(definition: Definition, agent: str, language: str, hours: str) -> Mapping[str, str]:
    """A value for each variable; `hours` are opening hours in that language."""
    known = {
        BuiltIn.CUSTOMER: "Marit",
        BuiltIn.AGENT: agent,
        BuiltIn.COMPANY: "Vlotlijn",
        BuiltIn.TICKET: "48213",
        BuiltIn.REFERENCE: "VL-271-604",
        BuiltIn.OPENING_HOURS: hours,
    }
    given = {one.name: _sample(one) for one in definition.variables.values() if not one.built_in and not one.default}
    return written_values(definition.variables, given, {str(name): value for name, value in known.items()}, language)


def _sample(variable: Variable) -> str:
    match variable.type:
        case Type.NUMBER:
            return "12,50"
        case Type.DATE:
            return timezone.localdate().isoformat()
        case Type.CHOICE:
            return variable.choices[0]
        case _:
            return f"[{variable.question}]"[: variable.longest]


def always_known(definition: Definition, name: str) -> bool:
    """Whether there is a value whatever the ticket is."""
    variable = definition.variables.get(name)
    if variable is not None and (variable.required or variable.default):
        return True
    return name in (BuiltIn.AGENT, BuiltIn.COMPANY, BuiltIn.TICKET, BuiltIn.OPENING_HOURS)
