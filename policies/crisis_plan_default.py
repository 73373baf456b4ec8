"""The plan of a company that has written none, as a document: what each of its parts says where it is left out."""

from collections.abc import Mapping
from typing import Any

ROLES: Mapping[str, Mapping[str, Any]] = {
    "lead": {"name": {"nl": "Crisisleider", "en": "Crisis lead"}, "publishes": True},
    "spokesperson": {"name": {"nl": "Woordvoerder", "en": "Spokesperson"}, "publishes": True},
    "desk": {"name": {"nl": "Leiding van de webcare", "en": "Lead of the desk"}},
}


def _task(key: str, role: str, due_minutes: int, *, nl: str, en: str) -> Mapping[str, Any]:
    return {"key": key, "text": {"nl": nl, "en": en}, "due_minutes": due_minutes, "role": role}


LEVEL_DEFAULTS: Mapping[int, Mapping[str, Any]] = {
    1: {
        "gates": [],
        "pause_scheduled": False,
        "instructions": {
            "nl": "Let op berichten hierover en schrijf wat nieuw is in een notitie.",
            "en": "Watch for messages about this, and put what is new in a note.",
        },
        "statements": [],
        "checklist": [
            _task("look", "desk", 15, nl="Kijk wat er speelt en bij wie", en="See what is going on, and with whom"),
        ],
    },
    2: {
        "gates": [{"gate": "approve", "visibility": "public"}],
        "pause_scheduled": True,
        "swarm": True,
        "instructions": {
            "nl": "Beloof niets en noem geen oorzaak. Een collega leest elk openbaar antwoord eerst.",
            "en": "Promise nothing and name no cause. A colleague reads each public reply first.",
        },
        "statements": [],
        "checklist": [
            _task("lead", "desk", 10, nl="Wijs een crisisleider aan", en="Appoint a crisis lead"),
            _task("facts", "lead", 20, nl="Schrijf op wat zeker is en wat niet", en="Write down what is certain"),
            _task("statement", "spokesperson", 30, nl="De eerste verklaring is uit", en="The first statement is out"),
        ],
    },
    3: {
        "gates": [{"gate": "hold", "visibility": "public"}],
        "pause_scheduled": True,
        "swarm": True,
        "instructions": {
            "nl": "Antwoorden in het openbaar wachten tot de crisisleiding ze doorlaat.",
            "en": "Replies in public wait until whoever leads the crisis lets them go.",
        },
        "statements": [],
        "checklist": [
            _task("board", "lead", 15, nl="Directie en juristen weten ervan", en="Board and lawyers know of it"),
            _task("posts", "spokesperson", 15, nl="Advertenties staan stil", en="Advertising is paused"),
            _task(
                "next-update", "spokesperson", 60,
                nl="De tijd van de volgende verklaring is bekendgemaakt", en="The time of the next statement is told",
            ),
        ],
    },
}  # fmt: skip
