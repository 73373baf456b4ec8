"""The canned responses that a new desk starts from; their texts are in templates/replies."""

import tomllib
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from desk.actions.canned import activate_canned, create_canned
from desk.people.models import Team, User
from desk.replies.models import CannedResponse


def make_canned(actor: User) -> int:
    """Add those that are not there, known by their shortcuts; how many were added."""
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
            actions=[{"do": do, "value": value} for do, value in response.get("actions", [])],
            networks=response.get("networks", []),
            review_on=today + timedelta(days=response["review_days"]) if "review_days" in response else None,
            visibility=response.get("for", ""),
            team_id=teams.get(response.get("team", "")),
        )
        if not response.get("draft"):
            activate_canned(actor, made.pk)
    return len(missing)
