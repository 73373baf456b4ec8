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
}
