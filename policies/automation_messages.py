"""What the form of automation says to whoever writes one, beyond what every form says (`rulebook_messages`)."""

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "automation.too_large": {
        "en": "This document has {size} characters, and automation takes {most}. Take out what is not needed.",
        "nl": "Dit document heeft {size} tekens en in de automatisering passen er {most}. Haal weg wat niet nodig is.",
    },
    "automation.key": {
        "en": "“{value}” is no key. Use 1 to 40 small letters, digits and hyphens, such as late-reviews.",
        "nl": "“{value}” is geen sleutel. Gebruik 1 tot 40 kleine letters, cijfers en streepjes, zoals late-reviews.",
    },
    "automation.twice": {
        "en": "“{value}” stands here twice. Give each rule a key of its own.",
        "nl": "“{value}” staat er twee keer. Geef elke regel een eigen sleutel.",
    },
    "automation.minutes": {
        "en": "Say after how many minutes: this rule is set off by time.",
        "nl": "Zeg na hoeveel minuten: deze regel begint door de tijd.",
    },
    "automation.no_minutes": {
        "en": "Minutes mean nothing here. Only waiting and untouched have them.",
        "nl": "Minuten betekenen hier niets. Alleen waiting en untouched hebben ze.",
    },
    "automation.no_steps": {
        "en": "This does nothing. Add a step.",
        "nl": "Dit doet niets. Voeg een stap toe.",
    },
    "automation.clash": {
        "en": "{value} can be done once. Take one out.",
        "nl": "{value} kan maar één keer. Haal er een weg.",
    },
    "automation.step": {
        "en": "Say what to do, one of: {known}.",
        "nl": "Zeg wat er moet gebeuren, een van: {known}.",
    },
    "automation.step_key": {
        "en": "“{key}” means nothing in a step. It has do, value and text.",
        "nl": "“{key}” betekent niets in een stap. Die heeft do, value en text.",
    },
    "automation.text": {
        "en": "Give a text of {least} to {most} characters.",
        "nl": "Geef een tekst van {least} tot {most} tekens.",
    },
    "automation.value_tag": {
        "en": "Name a tag of 1 to 50 characters.",
        "nl": "Noem een label van 1 tot 50 tekens.",
    },
    "automation.value_untag": {
        "en": "Name a tag of 1 to 50 characters.",
        "nl": "Noem een label van 1 tot 50 tekens.",
    },
    "automation.value_priority": {
        "en": "Choose low (0), normal (1), high (2) or urgent (3).",
        "nl": "Kies laag (0), normaal (1), hoog (2) of dringend (3).",
    },
    "automation.value_team": {"en": "Choose a team.", "nl": "Kies een team."},
    "automation.value_assignee": {
        "en": "Choose a colleague, or nobody.",
        "nl": "Kies een collega, of niemand.",
    },
    "automation.value_cause": {"en": "Choose a cause.", "nl": "Kies een oorzaak."},
    "automation.value_note": {
        "en": "A note has a text and no value.",
        "nl": "Een notitie heeft een tekst en geen waarde.",
    },
    "automation.value_ask": {
        "en": "Choose whom to ask: a colleague or a team.",
        "nl": "Kies wie je vraagt: een collega of een team.",
    },
    "automation.value_draft": {
        "en": "Name the shortcut of a canned response.",
        "nl": "Noem de sneltekst van een standaardantwoord.",
    },
    "automation.value_alert": {
        "en": "Choose who is told: a colleague, a team or the owner.",
        "nl": "Kies wie het hoort: een collega, een team of de eigenaar.",
    },
    "automation.value_snooze": {
        "en": "Give 1 minute to 90 days, in minutes.",
        "nl": "Geef 1 minuut tot 90 dagen, in minuten.",
    },
    "automation.value_resolve": {
        "en": "Resolving has no value.",
        "nl": "Oplossen heeft geen waarde.",
    },
    "automation.me": {
        "en": "A rule has no me. Choose a colleague, or nobody.",
        "nl": "Een regel heeft geen ik. Kies een collega, of niemand.",
    },
    "automation.gone": {
        "en": "The desk does not have this: {values}.",
        "nl": "Dit heeft de desk niet: {values}.",
    },
}
