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
    "text.repeated": {
        "en": "This text went out {times} times lately, and networks take that for spam. Say it in other words.",
        "nl": "Deze tekst ging kort geleden {times} keer weg en netwerken zien dat als spam. Zeg het in "
        "andere woorden.",
    },
    "personal_data.passport": {
        "en": "This is the number of somebody's identity document, and everybody can read it. Delete it "
        "or answer in private.",
        "nl": "Dit is het nummer van iemands identiteitsbewijs en iedereen kan het lezen. Verwijder het "
        "of antwoord privé.",
    },
    "personal_data.reference": {
        "en": "This reference opens somebody's file, and everybody can read it. Delete it or answer in private.",
        "nl": "Met deze referentie komt iemand in een dossier en iedereen kan haar lezen. Verwijder haar "
        "of antwoord privé.",
    },
    "personal_data.asked": {
        "en": "You ask for personal data, and the customer would answer in public. Ask for it in a private message.",
        "nl": "Je vraagt om persoonsgegevens en de klant zou openbaar antwoorden. Vraag erom in een privébericht.",
    },
    "links.not_allowed": {
        "en": "{host} is not on the list of sites that we link to. Use one of our own pages or leave the link out.",
        "nl": "{host} staat niet op de lijst van sites waar we naar verwijzen. Gebruik een eigen pagina "
        "of laat de link weg.",
    },
    "links.tracking": {
        "en": "This link follows the customer around ({names}). Remove that part of the address.",
        "nl": "Deze link volgt de klant ({names}). Haal dat deel van het adres weg.",
    },
    "links.lookalike": {
        "en": "This link uses letters that only look familiar: it leads to {host}. Type the address yourself.",
        "nl": "Deze link gebruikt letters die alleen maar bekend lijken: hij leidt naar {host}. Typ het adres zelf.",
    },
    "phrases.banned": {
        "en": "We do not say “{phrase}”. Use other words.",
        "nl": "“{phrase}” zeggen we niet. Gebruik andere woorden.",
    },
    "phrases.promise": {
        "en": "“{phrase}” promises something that binds us. Say what you will do, not what will happen.",
        "nl": "“{phrase}” belooft iets waaraan we vastzitten. Zeg wat je gaat doen, niet wat er gaat gebeuren.",
    },
    "phrases.missing": {
        "en": "“{phrase}” belongs in this reply. Add it.",
        "nl": "“{phrase}” hoort in dit antwoord. Voeg het toe.",
    },
    "required.apology": {
        "en": "The customer complains, and there is no apology here. Say that you are sorry.",
        "nl": "De klant klaagt en hier staat geen excuus. Zeg dat het je spijt.",
    },
    "required.reference": {
        "en": "There is no reference here, so the customer can't refer to this. Add it.",
        "nl": "Hier staat geen referentie, dus de klant kan nergens naar verwijzen. Voeg haar toe.",
    },
    "language.different": {
        "en": "This is in {written}, and the customer wrote in {customer}. Answer in the customer's language.",
        "nl": "Dit is in het {written} en de klant schreef in het {customer}. Antwoord in de taal van de klant.",
    },
    "tone.shouting": {
        "en": "This reads as shouting. Write it in small letters, with one exclamation mark at most.",
        "nl": "Dit leest als schreeuwen. Schrijf het in kleine letters, met hoogstens één uitroepteken.",
    },
    "tone.dismissive": {
        "en": "“{phrase}” waves the customer away. Say that you understand, and what you will do.",
        "nl": "“{phrase}” wuift de klant weg. Zeg dat je het begrijpt en wat je gaat doen.",
    },
    "tone.blame": {
        "en": "“{phrase}” blames the customer. Say what can be done now.",
        "nl": "“{phrase}” geeft de klant de schuld. Zeg wat er nu kan.",
    },
    "tone.sarcasm": {
        "en": "“{phrase}” can be read as sarcasm. Leave it out.",
        "nl": "“{phrase}” kan als sarcasme worden gelezen. Laat het weg.",
    },
    "mentions.third_party": {
        "en": "{handle} is told of this and reads along. Leave the @ out unless you mean that.",
        "nl": "{handle} krijgt hier bericht van en leest mee. Laat de @ weg, tenzij je dat wilt.",
    },
    "attachments.not_here": {
        "en": "Nothing can go along here. Take the attachments off, or answer another way.",
        "nl": "Hier kan niets mee. Haal de bijlagen weg, of antwoord langs een andere weg.",
    },
    "attachments.too_many": {
        "en": "{count} attachments are too many: at most {most} go along here. Take some off.",
        "nl": "{count} bijlagen zijn te veel: hier mogen er hooguit {most} mee. Haal er weg.",
    },
    "attachments.alone": {
        "en": "Attachment {number} goes alone here. Take the others off.",
        "nl": "Bijlage {number} gaat hier alleen. Haal de andere weg.",
    },
    "attachments.captions_too_long": {
        "en": "The captions of attachment {number} are larger than the {limit} bytes that are kept here. Shorten them.",
        "nl": "De ondertiteling van bijlage {number} is groter dan de {limit} bytes die hier worden bewaard. Kort haar "
        "in.",
    },
    "attachments.no_captions": {
        "en": "Attachment {number} has no captions, so whoever can't hear it misses what is said. Add a caption file.",
        "nl": "Bijlage {number} heeft geen ondertiteling, dus wie haar niet kan horen mist wat er wordt gezegd. Voeg "
        "een ondertitelbestand toe.",
    },
    "attachments.kind": {
        "en": "Attachment {number} is of a kind that can't go along here. Take it off, or use: {kinds}.",
        "nl": "Bijlage {number} is van een soort die hier niet mee kan. Haal haar weg, of gebruik: {kinds}.",
    },
    "attachments.too_large": {
        "en": "Attachment {number} is larger than the {limit} MB that can go along here. Make it smaller.",
        "nl": "Bijlage {number} is groter dan de {limit} MB die hier mee kan. Maak haar kleiner.",
    },
    "attachments.alt_too_long": {
        "en": "The description of attachment {number} has {used} characters; {limit} are kept here. Shorten it.",
        "nl": "De beschrijving van bijlage {number} heeft {used} tekens; hier worden er {limit} bewaard. Kort haar in.",
    },
    "attachments.no_alt_text": {
        "en": "Attachment {number} has no description, so whoever can't see it misses it. Describe it in a few words.",
        "nl": "Bijlage {number} heeft geen beschrijving, dus wie haar niet kan zien mist haar. Beschrijf haar in een "
        "paar woorden.",
    },
    "customer.erased": {
        "en": "This customer's data was erased at their request. Do not write to them; close the ticket.",
        "nl": "De gegevens van deze klant zijn op verzoek gewist. Schrijf niet meer; sluit het ticket.",
    },
    "customer.blocked": {
        "en": "This customer is blocked. Do not answer; ask a supervisor if that is wrong.",
        "nl": "Deze klant is geblokkeerd. Antwoord niet; vraag een supervisor als dat niet klopt.",
    },
    "approval.role": {
        "en": "A colleague reads your replies before they leave. Send it; it goes to the approvers.",
        "nl": "Een collega leest je antwoorden voor ze weggaan. Verstuur het; het gaat naar wie goedkeurt.",
    },
    "approval.crisis": {
        "en": "At crisis level {level} public replies need approval. Send it; it goes to the approvers.",
        "nl": "Op crisisniveau {level} hebben openbare antwoorden goedkeuring nodig. Verstuur het; het "
        "gaat naar wie goedkeurt.",
    },
}


BESIDE: Mapping[str, str] = {
    "en": "In the description of attachment {number}: {message}",
    "nl": "In de beschrijving van bijlage {number}: {message}",
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
