"""What the form of a rulebook says to whoever writes one, by code and language, as `messages` does."""

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "rulebook.form": {
        "en": "Give an object with these keys, all of them optional: {known}.",
        "nl": "Geef een object met deze sleutels, die je allemaal mag weglaten: {known}.",
    },
    "rulebook.too_large": {
        "en": "This document has {size} characters, and a rulebook takes {most}. Take out what is not needed.",
        "nl": "Dit document heeft {size} tekens en spelregels mogen er {most} hebben. Haal weg wat niet nodig is.",
    },
    "rulebook.key_unknown": {
        "en": "“{key}” means nothing here. Take it out, or use one of: {known}.",
        "nl": "“{key}” betekent hier niets. Haal het weg of gebruik een van: {known}.",
    },
    "rulebook.rule_unknown": {
        "en": "There is no rule “{key}”. Take it out, or use a rule that exists, such as {alike}.",
        "nl": "Er is geen regel “{key}”. Haal het weg of gebruik een regel die bestaat, zoals {alike}.",
    },
    "rulebook.rule_fixed": {
        "en": "This rule follows from the network or the law. It can't be switched off or made milder; take this out.",
        "nl": "Deze regel volgt uit het netwerk of de wet. Hij kan niet uit of milder; haal dit weg.",
    },
    "rulebook.missing": {
        "en": "“{key}” is missing. Add it.",
        "nl": "“{key}” ontbreekt. Voeg het toe.",
    },
    "rulebook.object": {
        "en": "Give an object of keys and values, not {value}.",
        "nl": "Geef een object van sleutels en waarden, niet {value}.",
    },
    "rulebook.list": {
        "en": "Give a list, such as {example}, not {value}.",
        "nl": "Geef een lijst, zoals {example}, niet {value}.",
    },
    "rulebook.too_many": {
        "en": "These are {number} entries, and at most {most} fit. Take some out.",
        "nl": "Dit zijn {number} vermeldingen en er passen er {most}. Haal er een paar weg.",
    },
    "rulebook.text": {
        "en": "Give a text of {least} to {most} characters, not {value}.",
        "nl": "Geef een tekst van {least} tot {most} tekens, niet {value}.",
    },
    "rulebook.characters": {
        "en": "Take the characters out that can't be kept; they are shown as \N{REPLACEMENT CHARACTER}: {value}.",
        "nl": "Haal de tekens weg die niet te bewaren zijn; ze staan hier als \N{REPLACEMENT CHARACTER}: {value}.",
    },
    "rulebook.number": {
        "en": "Give a whole number from {least} to {most}, not {value}.",
        "nl": "Geef een heel getal van {least} tot en met {most}, niet {value}.",
    },
    "rulebook.switch": {
        "en": "Give true or false, not {value}.",
        "nl": "Geef true of false, niet {value}.",
    },
    "rulebook.choice": {
        "en": "Choose one of: {known}, not {value}.",
        "nl": "Kies een van: {known}, niet {value}.",
    },
    "rulebook.twice": {
        "en": "“{value}” stands here twice. Take one of them out.",
        "nl": "“{value}” staat hier twee keer. Haal er een weg.",
    },
    "rulebook.host": {
        "en": "“{value}” is no domain. Write it as example.nl, without https:// and without a path.",
        "nl": "“{value}” is geen domein. Schrijf het als voorbeeld.nl, zonder https:// en zonder pad.",
    },
    "rulebook.phrase": {
        "en": "“{value}” has no word in it to look for. Write at least one letter or digit.",
        "nl": "In “{value}” staat geen woord om naar te zoeken. Schrijf ten minste een letter of cijfer.",
    },
    "rulebook.pattern_syntax": {
        "en": "“{value}” is no pattern that is understood here (at character {at}). Use letters, digits, \\d, [A-Z], "
        "groups, |, ? and counts such as {{6}} or {{2,4}}.",
        "nl": "“{value}” is geen patroon dat hier begrepen wordt (bij teken {at}). Gebruik letters, cijfers, \\d, "
        "[A-Z], groepen, |, ? en aantallen zoals {{6}} of {{2,4}}.",
    },
    "rulebook.pattern_unbounded": {
        "en": "“{value}” repeats without an end (* or +, at character {at}). Say how often, such as {{4,8}}.",
        "nl": "“{value}” herhaalt zonder einde (* of +, bij teken {at}). Zeg hoe vaak, zoals {{4,8}}.",
    },
    "rulebook.pattern_ways": {
        "en": "“{value}” can match in more than {most} ways, which makes checking slow. Use fewer choices and counts "
        "that differ less.",
        "nl": "“{value}” kan op meer dan {most} manieren passen en dat maakt controleren traag. Gebruik minder keuzes "
        "en aantallen die minder verschillen.",
    },
    "rulebook.pattern_size": {
        "en": "“{value}” matches texts of {shortest} to {longest} characters. A reference has {least} to {most}.",
        "nl": "“{value}” past op teksten van {shortest} tot {longest} tekens. Een referentie heeft er {least} tot "
        "{most}.",
    },
    "rulebook.network": {
        "en": "“{value}” is no name of a network. Use its short name, such as x or facebook_page.",
        "nl": "“{value}” is geen naam van een netwerk. Gebruik de korte naam, zoals x of facebook_page.",
    },
    "rulebook.language": {
        "en": "“{value}” is no language. Use its two letters, such as nl or en.",
        "nl": "“{value}” is geen taal. Gebruik de twee letters, zoals nl of en.",
    },
    "rulebook.when_empty": {
        "en": "Say where this holds, by one or more of: {known}.",
        "nl": "Zeg waar dit geldt, met een of meer van: {known}.",
    },
    "rulebook.override_empty": {
        "en": "This override changes nothing. Add what differs there, or take it out.",
        "nl": "Deze uitzondering verandert niets. Voeg toe wat daar anders is of haal haar weg.",
    },
    "rulebook.override_twice": {
        "en": "This override and the one at place {other} can hold for the same reply, and neither is stronger. Join "
        "them, or let one name more.",
        "nl": "Deze uitzondering en die op plaats {other} kunnen voor hetzelfde antwoord gelden en geen van beide is "
        "sterker. Voeg ze samen of laat er een meer noemen.",
    },
    "rulebook.signature_format": {
        "en": "“{value}” needs {{initials}} once, in a line of at most {most} characters, such as ^{{initials}}.",
        "nl": "In “{value}” moet {{initials}} precies één keer staan, op één regel van hoogstens {most} tekens, zoals "
        "^{{initials}}.",
    },
    "rulebook.shortcut": {
        "en": "“{value}” is no shortcut. Use 1 to 30 letters, digits, - and _.",
        "nl": "“{value}” is geen sneltekst. Gebruik 1 tot 30 letters, cijfers, - en _.",
    },
    "rulebook.date": {
        "en": "Give a date as 2026-11-27, not {value}.",
        "nl": "Geef een datum als 2026-11-27, niet {value}.",
    },
    "rulebook.content_type": {
        "en": "“{value}” is no kind of file. Write it as image/png, or leave it out.",
        "nl": "“{value}” is geen soort bestand. Schrijf het als image/png of laat het weg.",
    },
    "rulebook.sha256": {
        "en": "“{value}” is no SHA-256 digest. Give its 64 digits 0–9 and a–f, or leave it out where the content is "
        "here.",
        "nl": "“{value}” is geen SHA-256. Geef de 64 tekens 0–9 en a–f, of laat het weg als de inhoud hier staat.",
    },
    "rulebook.file_content": {
        "en": "This is no base64, or there is nothing in it. Write the bytes of the file in base64.",
        "nl": "Dit is geen base64, of er zit niets in. Schrijf de bytes van het bestand in base64.",
    },
    "rulebook.file_too_large": {
        "en": "This file has {size} bytes, and at most {most} stand in a document. Attach it to a canned response on "
        "the desk, and name it here by its sha256 without content.",
        "nl": "Dit bestand heeft {size} bytes en in een document passen er {most}. Hang het op de desk aan een "
        "standaardantwoord en noem het hier met zijn sha256, zonder content.",
    },
    "rulebook.file_without_content": {
        "en": "Add its content in base64 (up to {most} kB), or the sha256 of a file that goes along with a canned "
        "response on this desk.",
        "nl": "Voeg de inhoud toe in base64 (tot {most} kB), of de sha256 van een bestand dat op deze desk met een "
        "standaardantwoord meegaat.",
    },
    "rulebook.file_other": {
        "en": "The content has another digest: {found}. One of them is of another file.",
        "nl": "De inhoud heeft een andere SHA-256: {found}. Een van beide is van een ander bestand.",
    },
}
