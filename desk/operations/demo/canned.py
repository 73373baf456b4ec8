"""The canned responses that a new desk starts from; their texts are in templates/replies."""

import tomllib
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.conf import settings
from django.utils import timezone

from desk.actions.replies.canned import activate_canned, create_canned
from desk.actions.statements.statement_texts import approve_statement
from desk.people.models import Team, User
from desk.replies.models import CannedResponse

# What colleagues began with when they answered what is about this, in the weeks that the demo tells of.
BEGAN_WITH = {
    "Terugbetaling": "terugvragen",
    "Gevonden voorwerpen": "verloren",
    "Abonnement": "opzeggen",
    "Toegankelijkheid": "lift",
    "Compliment": "compliment",
    "Vertraging": "vertraging",
    "Groepsreis": "groep",
    "Boete": "boete",
    "Personeel": "welke-rit",
    "Fiets": "fiets",
    "App": "app",
}


def begun_with(tags: Collection[str], text: str) -> dict[str, Any]:
    """What a reply of the history says of its beginning; two of three were sent as they had been filled in."""
    shortcut = next((BEGAN_WITH[tag] for tag in tags if tag in BEGAN_WITH), "")
    canned = CannedResponse.objects.filter(shortcut=shortcut).first() if shortcut else None
    if canned is None:
        return {}
    as_it_was = crc32(text.encode()) % 3 > 0
    return {"canned_response_id": canned.pk, "canned_text": text if as_it_was else canned.words}


def make_canned(actor: User, approver: User) -> int:
    """Add those that are not there, known by their shortcuts; how many were added.

    Somebody else approves what is said in a crisis.
    """
    path = settings.BASE_DIR / "templates" / "replies" / "canned.toml"
    responses = tomllib.loads(path.read_text(encoding="utf-8"))["response"]
    there = set(CannedResponse.objects.values_list("shortcut", flat=True))
    teams = dict(Team.objects.values_list("name", "pk"))
    today = timezone.localdate()
    missing = [response for response in responses if response["shortcut"] not in there]
    for response in missing:
        made = create_canned(
            actor,
            name=response["name"],
            shortcut=response["shortcut"],
            texts=[
                {"language": language, "network": network, "text": text}
                for language in ("nl", "en")
                for network, text in {"": response[language], **response.get(f"on_{language}", {})}.items()
            ],
            variables=response.get("variables", []),
            kind=response.get("kind", CannedResponse.Kind.RESPONSE),
            scenario=response.get("scenario", ""),
            stage=response.get("stage", ""),
            actions=[{"do": do, "value": value} for do, value in response.get("actions", [])],
            networks=response.get("networks", []),
            review_on=today + timedelta(days=response["review_days"]) if "review_days" in response else None,
            visibility=response.get("for", ""),
            team_id=teams.get(response.get("team", "")),
        )
        if not response.get("draft"):
            activate_canned(actor, made.pk)
        if made.scenario:
            approve_statement(approver, made.pk)
    return len(missing)
