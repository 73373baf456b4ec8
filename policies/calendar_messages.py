"""What the form of a calendar and its arithmetic say to supervisors, by code and language, as `messages` does."""

from collections.abc import Mapping
from typing import Any

from policies.messages import worded

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "calendar.form": {
        "en": "A calendar is a JSON object with timezone, week, holidays and exceptions.",
        "nl": "Een kalender is een JSON-object met timezone, week, holidays en exceptions.",
    },
    "calendar.key_unknown": {
        "en": "“{key}” means nothing here. Take it out, or use one of: {known}.",
        "nl": "“{key}” betekent hier niets. Haal het weg of gebruik een van: {known}.",
    },
    "calendar.timezone": {
        "en": "“{value}” is no time zone. Use a name of the IANA list, such as {example}.",
        "nl": "“{value}” is geen tijdzone. Gebruik een naam van de IANA-lijst, zoals {example}.",
    },
    "calendar.week": {
        "en": 'Give an object of days with their intervals, such as {{"mon": [["09:00", "17:30"]]}}.',
        "nl": 'Geef een object van dagen met hun tijdvakken, zoals {{"mon": [["09:00", "17:30"]]}}.',
    },
    "calendar.day": {
        "en": "“{value}” is no day. Use mon, tue, wed, thu, fri, sat and sun.",
        "nl": "“{value}” is geen dag. Gebruik mon, tue, wed, thu, fri, sat en sun.",
    },
    "calendar.intervals": {
        "en": 'Give a list of intervals, such as [["09:00", "17:30"]]; [] means closed.',
        "nl": 'Geef een lijst van tijdvakken, zoals [["09:00", "17:30"]]; [] betekent gesloten.',
    },
    "calendar.intervals_too_many": {
        "en": "These are {number} intervals, and a day takes {most}. Join some of them.",
        "nl": "Dit zijn {number} tijdvakken en op een dag passen er {most}. Voeg er een paar samen.",
    },
    "calendar.interval": {
        "en": '{value} is no interval. Give a start and an end, such as ["09:00", "17:30"].',
        "nl": '{value} is geen tijdvak. Geef een begin en een einde, zoals ["09:00", "17:30"].',
    },
    "calendar.time": {
        "en": "“{value}” is no time. Write hours and minutes, from 00:00 to 23:59; only an end may be 24:00.",
        "nl": "“{value}” is geen tijd. Schrijf uren en minuten, van 00:00 tot 23:59; alleen een einde mag 24:00 zijn.",
    },
    "calendar.overlap": {
        "en": "{interval} overlaps {other}. Change one of them, so that no minute counts twice.",
        "nl": "{interval} overlapt {other}. Verander er een, zodat geen minuut dubbel telt.",
    },
    "calendar.holidays": {
        "en": 'Give a country and, where it matters, a subdivision, such as {{"country": "NL", "subdivision": null}}; '
        "null keeps no holidays.",
        "nl": 'Geef een land en, waar dat uitmaakt, een deelgebied, zoals {{"country": "NL", "subdivision": null}}; '
        "null houdt geen feestdagen.",
    },
    "calendar.country": {
        "en": "“{value}” is no country whose holidays are known. Use its two capitals of ISO 3166, such as NL or BE.",
        "nl": "Van “{value}” zijn geen feestdagen bekend. Gebruik de twee hoofdletters van ISO 3166, zoals NL of BE.",
    },
    "calendar.subdivision": {
        "en": "“{value}” is no part of {country} with holidays of its own. Use null or one of: {known}.",
        "nl": "“{value}” is geen deel van {country} met eigen feestdagen. Gebruik null of een van: {known}.",
    },
    "calendar.subdivision_none": {
        "en": "All of {country} has the same holidays, so there is no “{value}” to choose. Use null.",
        "nl": "Heel {country} heeft dezelfde feestdagen, dus “{value}” valt niet te kiezen. Gebruik null.",
    },
    "calendar.exceptions": {
        "en": 'Give an object of dates with their intervals, such as {{"2026-12-24": [["09:00", "13:00"]]}}.',
        "nl": 'Geef een object van datums met hun tijdvakken, zoals {{"2026-12-24": [["09:00", "13:00"]]}}.',
    },
    "calendar.exceptions_too_many": {
        "en": "These are {number} exceptions, and a calendar takes {most}. Take out those that have passed.",
        "nl": "Dit zijn {number} uitzonderingen en in een kalender passen er {most}. Haal weg wat voorbij is.",
    },
    "calendar.date": {
        "en": "“{value}” is no date from {first} to {last}. Write it as 2026-12-24.",
        "nl": "“{value}” is geen datum van {first} tot en met {last}. Schrijf hem als 2026-12-24.",
    },
    "calendar.never_open": {
        "en": "This calendar has no opening hours at all, so nothing would ever be due. Add an interval.",
        "nl": "Deze kalender heeft helemaal geen openingstijden, dus er zou nooit iets verlopen. Voeg een tijdvak toe.",
    },
    "calendar.out_of_hours": {
        "en": "The opening hours of the {years} years after the start are {minutes} min too few for the target. "
        "Add opening hours or give a shorter target.",
        "nl": "De openingstijden van de {years} jaar na het begin zijn {minutes} min te kort voor de termijn. "
        "Voeg openingstijden toe of geef een kortere termijn.",
    },
}


def say(code: str, language: str, **params: Any) -> str:
    """The message for a code, in English where the language is not known. Raises KeyError for an unknown code."""
    return worded(MESSAGES[code], language, **params)
