"""What findings say to agents, by code and language: what is true, then what to do. No Django, so that rules stay pure.

A message is a format string; its names are the parameters that its rule gives.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

LANGUAGES = ("en", "nl")

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "length.exceeded": {
        "en": "{over} too long: {used} of {limit} ({unit}), signature included. Shorten it from the marked place on.",
        "nl": "{over} te lang: {used} van {limit} ({unit}), ondertekening meegeteld. Kort het in vanaf de markering.",
    },
    "length.bytes_exceeded": {
        "en": "Too large for this network: {used} of {limit} bytes. Shorten it, or use fewer emoji.",
        "nl": "Te groot voor dit netwerk: {used} van {limit} bytes. Kort het in of gebruik minder emoji.",
    },
    "text.empty": {
        "en": "There is nothing to send yet. Write an answer or attach a file.",
        "nl": "Er is nog niets om te versturen. Schrijf een antwoord of voeg een bestand toe.",
    },
    "text.unsendable": {
        "en": "There are characters here that no network accepts (control characters). Delete what is marked.",
        "nl": "Hier staan tekens die geen netwerk aanneemt (stuurtekens). Verwijder wat gemarkeerd is.",
    },
    "text.hidden": {
        "en": "There are invisible characters here that can turn or hide text. Delete them unless you mean them.",
        "nl": "Hier staan onzichtbare tekens die tekst kunnen omdraaien of verbergen. Verwijder ze, tenzij bedoeld.",
    },
    "signature.missing": {
        "en": "You have no signature yet, so nobody signs this answer. Set your initials in your profile.",
        "nl": "Je hebt nog geen ondertekening, dus niemand ondertekent dit antwoord. Zet je initialen in je profiel.",
    },
    "signature.twice": {
        "en": "Your signature {signature} is added for you. Delete the one that you typed.",
        "nl": "Je ondertekening {signature} wordt vanzelf toegevoegd. Verwijder die je zelf typte.",
    },
    "signature.other": {
        "en": "{found} is not your signature. Delete it; yours is {signature} and is added for you.",
        "nl": "{found} is niet jouw ondertekening. Verwijder die; de jouwe is {signature} en wordt vanzelf toegevoegd.",
    },
    "personal_data.iban": {
        "en": "This is a bank account number, and everybody can read this answer. Delete it or answer in private.",
        "nl": "Dit is een rekeningnummer en iedereen kan dit antwoord lezen. Verwijder het of antwoord privé.",
    },
    "personal_data.bsn": {
        "en": "This looks like a citizen service number, and everybody can read it. Delete it or answer in private.",
        "nl": "Dit lijkt een burgerservicenummer en iedereen kan het lezen. Verwijder het of antwoord privé.",
    },
    "personal_data.card": {
        "en": "This is a payment card number, and everybody can read it. Delete it; never ask for it.",
        "nl": "Dit is een betaalkaartnummer en iedereen kan het lezen. Verwijder het; vraag er nooit om.",
    },
    "personal_data.email": {
        "en": "This is somebody's e-mail address, and everybody can read it. Delete it or answer in private.",
        "nl": "Dit is iemands e-mailadres en iedereen kan het lezen. Verwijder het of antwoord privé.",
    },
    "personal_data.phone": {
        "en": "This is somebody's phone number, and everybody can read it. Delete it or answer in private.",
        "nl": "Dit is iemands telefoonnummer en iedereen kan het lezen. Verwijder het of antwoord privé.",
    },
    "personal_data.postcode": {
        "en": "A postcode with a house number is somebody's address. Delete it or answer in private.",
        "nl": "Een postcode met huisnummer is iemands adres. Verwijder het of antwoord privé.",
    },
    "window.closed": {
        "en": "The network's reply window closed at {closed_at} UTC. The customer must write first; answer in public.",
        "nl": "De antwoordtermijn van het netwerk is om {closed_at} UTC gesloten. De klant moet eerst zelf schrijven; "
        "probeer een openbaar antwoord.",
    },
    "reply.not_allowed": {
        "en": "The network lets you answer only people who mentioned or quoted you. Answer in private where you can.",
        "nl": "Het netwerk laat je alleen antwoorden op wie jou noemde of citeerde. Antwoord privé waar dat kan.",
    },
    "original.deleted": {
        "en": "The customer deleted the message that you answer, so a public answer has no place. Resolve it or "
        "answer in private.",
        "nl": "De klant heeft het bericht verwijderd waarop je antwoordt, dus een openbaar antwoord hoort nergens. "
        "Rond het ticket af of antwoord privé.",
    },
    "links.cost": {
        "en": "A post with a link costs ${cost} on X instead of ${without}. Leave the link out if it is not needed.",
        "nl": "Een bericht met een link kost op X ${cost} in plaats van ${without}. Laat de link weg als het kan.",
    },
    "links.shortener": {
        "en": "{host} hides where the link leads. Use the full address.",
        "nl": "{host} verbergt waar de link heen gaat. Gebruik het volledige adres.",
    },
}


def say(code: str, language: str, **params: Any) -> str:
    """The message for a code, in English where the language is not known. Raises KeyError for an unknown code."""
    return worded(MESSAGES[code], language, **params)


def worded(versions: Mapping[str, str], language: str, **params: Any) -> str:
    """A message that is kept by language, in English where the language is not known."""
    return versions.get(language[:2].lower(), versions["en"]).format(**params)


def names_in(message: str) -> frozenset[str]:
    """The parameters that a message needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(message) if name)
