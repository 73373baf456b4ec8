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
    "text.repeated": {
        "en": "The same text does not go out again and again: {times} times is the most.",
        "nl": "Dezelfde tekst gaat niet keer op keer weg: {times} keer is het meeste.",
    },
    "personal_data.passport": {
        "en": "Numbers of passports and identity cards never stand in public.",
        "nl": "Nummers van paspoorten en identiteitskaarten staan nooit in het openbaar.",
    },
    "personal_data.reference": {
        "en": "Our order, booking and customer numbers never stand in public.",
        "nl": "Onze order-, boekings- en klantnummers staan nooit in het openbaar.",
    },
    "personal_data.asked": {
        "en": "You ask for personal data in private only.",
        "nl": "Je vraagt alleen privé om persoonsgegevens.",
    },
    "links.not_allowed": {
        "en": "Links lead only to {hosts}.",
        "nl": "Links leiden alleen naar {hosts}.",
    },
    "links.tracking": {
        "en": "Links do not follow the customer around.",
        "nl": "Links volgen de klant niet.",
    },
    "links.lookalike": {
        "en": "Links do not lead to sites whose name only looks familiar.",
        "nl": "Links leiden niet naar sites waarvan de naam alleen maar bekend lijkt.",
    },
    "phrases.banned": {
        "en": "We do not say: {phrases}.",
        "nl": "We zeggen niet: {phrases}.",
    },
    "phrases.promise": {
        "en": "We promise nothing that binds us, as in: {phrases}.",
        "nl": "We beloven niets waaraan we vastzitten, zoals in: {phrases}.",
    },
    "phrases.missing": {
        "en": "Every reply holds: {phrases}.",
        "nl": "In elk antwoord staat: {phrases}.",
    },
    "required.apology": {
        "en": "Somebody who complains hears that we are sorry.",
        "nl": "Wie klaagt hoort dat het ons spijt.",
    },
    "required.reference": {
        "en": "A private message holds the reference.",
        "nl": "In een privébericht staat de referentie.",
    },
    "language.different": {
        "en": "You answer in the customer's language.",
        "nl": "Je antwoordt in de taal van de klant.",
    },
    "tone.shouting": {
        "en": "We do not shout, in capitals or with exclamation marks.",
        "nl": "We schreeuwen niet, met hoofdletters of uitroeptekens.",
    },
    "tone.dismissive": {
        "en": "We take customers seriously and do not say: {phrases}.",
        "nl": "We nemen klanten serieus en zeggen niet: {phrases}.",
    },
    "tone.blame": {
        "en": "We do not blame customers, as in: {phrases}.",
        "nl": "We geven klanten niet de schuld, zoals in: {phrases}.",
    },
    "tone.sarcasm": {
        "en": "We are not sarcastic, as in: {phrases}.",
        "nl": "We zijn niet sarcastisch, zoals in: {phrases}.",
    },
    "mentions.third_party": {
        "en": "We mention nobody but the customer, so that nobody else reads along.",
        "nl": "We vermelden niemand dan de klant, zodat niemand anders meeleest.",
    },
    "attachments.not_here": {
        "en": "We attach nothing where the network takes nothing along.",
        "nl": "We voegen niets toe waar het netwerk niets meeneemt.",
    },
    "attachments.too_many": {
        "en": "We attach no more than the network takes along.",
        "nl": "We voegen niet meer toe dan het netwerk meeneemt.",
    },
    "attachments.alone": {
        "en": "Beside a film we attach nothing where the network shows nothing beside it.",
        "nl": "Naast een film voegen we niets toe waar het netwerk er niets naast laat zien.",
    },
    "attachments.captions_too_long": {
        "en": "Captions are no larger than the network keeps.",
        "nl": "Ondertiteling is niet groter dan het netwerk bewaart.",
    },
    "attachments.no_captions": {
        "en": "Every film has captions for whoever can't hear it.",
        "nl": "Elke film heeft ondertiteling voor wie haar niet kan horen.",
    },
    "attachments.kind": {
        "en": "We attach only kinds of files that the network takes along.",
        "nl": "We voegen alleen soorten bestanden toe die het netwerk meeneemt.",
    },
    "attachments.too_large": {
        "en": "We attach no file that is larger than the network takes along.",
        "nl": "We voegen geen bestand toe dat groter is dan het netwerk meeneemt.",
    },
    "attachments.alt_too_long": {
        "en": "A description is no longer than the network keeps.",
        "nl": "Een beschrijving is niet langer dan het netwerk bewaart.",
    },
    "attachments.no_alt_text": {
        "en": "Every picture has a description for whoever can't see it.",
        "nl": "Elke afbeelding heeft een beschrijving voor wie haar niet kan zien.",
    },
    "customer.erased": {
        "en": "We do not write to customers whose data was erased.",
        "nl": "We schrijven niet naar klanten van wie de gegevens gewist zijn.",
    },
    "customer.blocked": {
        "en": "We do not answer customers who are blocked.",
        "nl": "We antwoorden niet aan klanten die geblokkeerd zijn.",
    },
    "approval.role": {
        "en": "A colleague agrees to what is written by: {roles}.",
        "nl": "Een collega gaat akkoord met wat geschreven is door: {roles}.",
    },
    "approval.crisis": {
        "en": "From crisis level {level} on a colleague agrees to every public reply in that crisis.",
        "nl": "Vanaf crisisniveau {level} gaat een collega akkoord met elk openbaar antwoord in die crisis.",
    },
}
