"""What the form of a crisis plan says to whoever writes one, beyond what every form says (`rulebook_messages`)."""

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "plan.too_large": {
        "en": "This document has {size} characters, and a crisis plan takes {most}. Take out what is not needed.",
        "nl": "Dit document heeft {size} tekens en in een crisisplan passen er {most}. Haal weg wat niet nodig is.",
    },
    "plan.key": {
        "en": "“{value}” is no key. Use 1 to 40 small letters, digits and hyphens, such as first-statement.",
        "nl": "“{value}” is geen sleutel. Gebruik 1 tot 40 kleine letters, cijfers en streepjes, zoals pers-bellen.",
    },
    "plan.role_unknown": {
        "en": "There is no role “{value}” in this plan. Add it under roles, or use one of: {known}.",
        "nl": "Er is geen rol “{value}” in dit plan. Voeg hem toe onder roles of gebruik een van: {known}.",
    },
    "plan.both_languages": {
        "en": "Write this in Dutch and in English: {missing} is missing.",
        "nl": "Schrijf dit in het Nederlands en in het Engels: {missing} ontbreekt.",
    },
    "plan.nobody_told": {
        "en": "This step tells nobody. Name to, roles, people, teams, rotas or webhooks.",
        "nl": "Deze stap vertelt het niemand. Noem to, roles, people, teams, rotas of webhooks.",
    },
    "plan.timezone": {
        "en": "“{value}” is no time zone. Use a name such as Europe/Amsterdam.",
        "nl": "“{value}” is geen tijdzone. Gebruik een naam zoals Europe/Amsterdam.",
    },
    "plan.time": {
        "en": "“{value}” is no time of the day. Write it as 22:30.",
        "nl": "“{value}” is geen tijd van de dag. Schrijf hem als 22:30.",
    },
    "plan.no_hours": {
        "en": "From and until are the same time. Leave the hours out to mean the whole day.",
        "nl": "Van en tot zijn dezelfde tijd. Laat de uren weg als het de hele dag geldt.",
    },
}
