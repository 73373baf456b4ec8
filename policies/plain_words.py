"""What each rule asks of an agent, in plain words: for the page that everybody reads. Names in braces are options."""

from collections.abc import Mapping

PLAIN: Mapping[str, Mapping[str, str]] = {
    "length.exceeded": {
        "en": "A reply fits the network's limit, your signature included.",
        "nl": "Een antwoord past binnen de grens van het netwerk, met je ondertekening erbij.",
    },
    "length.bytes_exceeded": {
        "en": "A reply is not larger than the network takes.",
        "nl": "Een antwoord is niet groter dan het netwerk aanneemt.",
    },
    "text.empty": {
        "en": "A reply says or shows something.",
        "nl": "Een antwoord zegt of toont iets.",
    },
    "text.unsendable": {
        "en": "A reply holds no control characters.",
        "nl": "In een antwoord staan geen stuurtekens.",
    },
    "text.hidden": {
        "en": "A reply holds no invisible characters that turn text around.",
        "nl": "In een antwoord staan geen onzichtbare tekens die tekst omdraaien.",
    },
    "signature.missing": {
        "en": "You sign every reply with your own initials.",
        "nl": "Je ondertekent elk antwoord met je eigen initialen.",
    },
    "signature.twice": {
        "en": "Your signature stands under a reply once; it is added for you.",
        "nl": "Je ondertekening staat één keer onder een antwoord en wordt vanzelf toegevoegd.",
    },
    "signature.other": {
        "en": "No one else's signature stands in your reply.",
        "nl": "Er staat geen ondertekening van een ander in je antwoord.",
    },
    "personal_data.iban": {
        "en": "Bank account numbers never stand in public.",
        "nl": "Rekeningnummers staan nooit in het openbaar.",
    },
    "personal_data.bsn": {
        "en": "Citizen service numbers (BSN) never stand in public.",
        "nl": "Burgerservicenummers staan nooit in het openbaar.",
    },
    "personal_data.card": {
        "en": "Payment card numbers never stand in public.",
        "nl": "Betaalkaartnummers staan nooit in het openbaar.",
    },
    "personal_data.email": {
        "en": "E-mail addresses other than our own never stand in public.",
        "nl": "Andere e-mailadressen dan de onze staan nooit in het openbaar.",
    },
    "personal_data.phone": {
        "en": "Phone numbers other than our own and service lines never stand in public.",
        "nl": "Andere telefoonnummers dan de onze en servicenummers staan nooit in het openbaar.",
    },
    "personal_data.postcode": {
        "en": "A postcode with a house number never stands in public.",
        "nl": "Een postcode met huisnummer staat nooit in het openbaar.",
    },
    "window.closed": {
        "en": "A private message leaves only while the network's reply window is open.",
        "nl": "Een privébericht gaat alleen weg zolang de antwoordtermijn van het netwerk loopt.",
    },
    "reply.not_allowed": {
        "en": "We answer in public only those whom the network lets us answer.",
        "nl": "We antwoorden openbaar alleen wie we van het netwerk mogen antwoorden.",
    },
    "original.deleted": {
        "en": "We do not answer in public what the customer deleted.",
        "nl": "We antwoorden niet openbaar op wat de klant heeft verwijderd.",
    },
    "links.cost": {
        "en": "Think twice before you put a link into a public post on X: it costs more.",
        "nl": "Denk twee keer na voor je een link in een openbaar bericht op X zet: die kost meer.",
    },
    "links.shortener": {
        "en": "Links are written in full, never shortened.",
        "nl": "Links schrijf je voluit, nooit verkort.",
    },
}
