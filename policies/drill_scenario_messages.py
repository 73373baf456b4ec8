"""What the form of a scenario says to whoever writes one, beyond what every form says (`rulebook_messages`)."""

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "scenario.too_large": {
        "en": "This document has {size} characters, and a scenario takes {most}. Take out what is not needed.",
        "nl": "Dit document heeft {size} tekens en in een scenario passen er {most}. Haal weg wat niet nodig is.",
    },
    "scenario.key": {
        "en": "“{value}” is no key. Use 1 to 40 small letters, digits and hyphens, such as first-photo.",
        "nl": "“{value}” is geen sleutel. Gebruik 1 tot 40 kleine letters, cijfers en streepjes, zoals eerste-foto.",
    },
    "scenario.author": {
        "en": "“{value}” is no name of an account. Use 2 to 24 small letters, digits and underscores.",
        "nl": "“{value}” is geen naam van een account. Gebruik 2 tot 24 kleine letters, cijfers en streepjes laag.",
    },
    "scenario.both_languages": {
        "en": "Write this in Dutch and in English: {missing} is missing.",
        "nl": "Schrijf dit in het Nederlands en in het Engels: {missing} ontbreekt.",
    },
    "scenario.no_text": {
        "en": "Write what is said, in nl, in en or in both.",
        "nl": "Schrijf wat er gezegd wordt, bij nl, bij en of bij allebei.",
    },
    "scenario.minutes": {
        "en": "Give minutes from {least} to {most}, such as 2 or 2.5, not {value}.",
        "nl": "Geef minuten van {least} tot en met {most}, zoals 2 of 2.5, niet {value}.",
    },
    "scenario.after_phase": {
        "en": "This phase is over by then: it lasts {most} minutes.",
        "nl": "Deze fase is dan al voorbij: zij duurt {most} minuten.",
    },
    "scenario.reply_unknown": {
        "en": "Nobody has said “{value}” before this. Give an earlier post this key.",
        "nl": "Niemand heeft “{value}” hiervoor gezegd. Geef een eerder bericht deze sleutel.",
    },
    "scenario.private_own": {
        "en": "The company's own post is public. Take out private, or name an author.",
        "nl": "Een eigen bericht van het bedrijf is openbaar. Haal private weg of noem een auteur.",
    },
    "scenario.range": {
        "en": "Give the least and the most followers, such as [50, 900], not {value}.",
        "nl": "Geef het minste en het meeste aantal volgers, zoals [50, 900], niet {value}.",
    },
    "scenario.empty": {
        "en": "Nobody says anything in this scenario. Add a post.",
        "nl": "Niemand zegt iets in dit scenario. Voeg een bericht toe.",
    },
    "scenario.too_many_posts": {
        "en": "These are {number} posts altogether, and a drill plays {most} at most.",
        "nl": "Dit zijn samen {number} berichten en een oefening speelt er hoogstens {most}.",
    },
}
