"""The canned responses that a new desk starts from; their texts are in templates/replies."""

import tomllib

from django.conf import settings

from desk.actions.canned import create_canned
from desk.people.models import Team, User
from desk.replies.models import CannedResponse


def make_canned(actor: User) -> int:
    """Add those that are not there, known by their shortcuts; how many were added."""
    path = settings.BASE_DIR / "templates" / "replies" / "canned.toml"
    responses = tomllib.loads(path.read_text(encoding="utf-8"))["response"]
    there = set(CannedResponse.objects.values_list("shortcut", flat=True))
    teams = dict(Team.objects.values_list("name", "pk"))
    missing = [response for response in responses if response["shortcut"] not in there]
    for response in missing:
        create_canned(
            actor,
            name=response["name"],
            shortcut=response["shortcut"],
            texts=[
                {"language": language, "network": network, "text": text}
                for language in ("nl", "en")
                for network, text in {"": response[language], **response.get(f"on_{language}", {})}.items()
            ],
            variables=response.get("variables", []),
            visibility=response.get("for", ""),
            team_id=teams.get(response.get("team", "")),
        )
    return len(missing)
