"""What is wrong with a canned response, or with a value for one of its variables, in words. Paths as `texts.0.text`."""

from collections.abc import Mapping

from policies.form_problems import FormFault, FormRefused

_AT = {"en": "Line {line}, character {column}: ", "nl": "Regel {line}, teken {column}: "}


def _placed(en: str, nl: str) -> Mapping[str, str]:
    return {"en": _AT["en"] + en, "nl": _AT["nl"] + nl}


MESSAGES: Mapping[str, Mapping[str, str]] = {
    "text.open": _placed(
        "“{{{{” begins a variable that is never closed. Write its name and }}}} behind it.",
        "“{{{{” begint een variabele die nergens eindigt. Schrijf de naam en }}}} erachter.",
    ),
    "text.close": _placed(
        "“}}}}” closes nothing. Write {{{{ before the name, or take it out.",
        "“}}}}” sluit niets af. Schrijf {{{{ voor de naam of haal het weg.",
    ),
    "text.one_brace": _placed(
        "a variable takes two braces: {{{{{name}}}}}.",
        "een variabele krijgt dubbele accolades: {{{{{name}}}}}.",
    ),
    "text.tag": _placed(
        "“{value}” means nothing here. Use a variable's name, #if with a name, else or /if.",
        "“{value}” betekent hier niets. Gebruik de naam van een variabele, #if met een naam, else of /if.",
    ),
    "text.nested": _placed(
        "a condition can't stand inside another. Close the first with {{{{/if}}}}.",
        "een voorwaarde kan niet in een andere staan. Sluit de eerste af met {{{{/if}}}}.",
    ),
    "text.else": _placed(
        "this {{{{else}}}} belongs to no condition. Write it once, between {{{{#if …}}}} and {{{{/if}}}}.",
        "deze {{{{else}}}} hoort bij geen voorwaarde. Schrijf hem één keer, tussen {{{{#if …}}}} en {{{{/if}}}}.",
    ),
    "text.end": _placed(
        "this {{{{/if}}}} closes no condition. Take it out, or write {{{{#if …}}}} before it.",
        "deze {{{{/if}}}} sluit geen voorwaarde af. Haal hem weg of schrijf er {{{{#if …}}}} voor.",
    ),
    "text.if_open": _placed(
        "this condition is never closed. Write {{{{/if}}}} where it ends.",
        "deze voorwaarde eindigt nergens. Schrijf {{{{/if}}}} waar hij ophoudt.",
    ),
    "text.unknown": {
        "en": "There is no variable “{name}”. Add it below, or use one of: {known}.",
        "nl": "Er is geen variabele “{name}”. Voeg hem hieronder toe of gebruik een van: {known}.",
    },
    "text.length": {
        "en": "Write 1 to {most} characters.",
        "nl": "Schrijf 1 tot {most} tekens.",
    },
    "texts.none": {
        "en": "Write the text in at least one language.",
        "nl": "Schrijf de tekst in minstens één taal.",
    },
    "texts.many": {
        "en": "At most {most} texts.",
        "nl": "Hoogstens {most} teksten.",
    },
    "texts.twice": {
        "en": "There is a text for this language and network already.",
        "nl": "Er is al een tekst voor deze taal en dit netwerk.",
    },
    "language": {
        "en": "Choose one of: {known}.",
        "nl": "Kies een van: {known}.",
    },
    "network": {
        "en": "There is no network “{value}”. Choose one of: {known}.",
        "nl": "Er is geen netwerk “{value}”. Kies een van: {known}.",
    },
    "fallback": {
        "en": "Write a text for all networks in this language, or choose another one to fall back on.",
        "nl": "Schrijf in deze taal een tekst voor alle netwerken of kies een andere om op terug te vallen.",
    },
    "object": {
        "en": "Give an object with {known}.",
        "nl": "Geef een object met {known}.",
    },
    "key": {
        "en": "“{key}” means nothing here. Use: {known}.",
        "nl": "“{key}” betekent hier niets. Gebruik: {known}.",
    },
    "list": {
        "en": "Give a list.",
        "nl": "Geef een lijst.",
    },
    "string": {
        "en": "Give text of at most {most} characters, on one line.",
        "nl": "Geef tekst van hoogstens {most} tekens, op één regel.",
    },
    "switch": {
        "en": "Give true or false.",
        "nl": "Geef true of false.",
    },
    "variables.many": {
        "en": "At most {most} variables.",
        "nl": "Hoogstens {most} variabelen.",
    },
    "variable.name": {
        "en": "A name has 1 to 30 small letters, digits and _, a letter first, and is not if or else.",
        "nl": "Een naam heeft 1 tot 30 kleine letters, cijfers en _, begint met een letter en is niet if of else.",
    },
    "variable.twice": {
        "en": "There is a variable of this name already.",
        "nl": "Er is al een variabele met deze naam.",
    },
    "variable.type": {
        "en": "Choose one of: {known}.",
        "nl": "Kies een van: {known}.",
    },
    "variable.built_in": {
        "en": "The desk fills this one in, as text. Choose the type text.",
        "nl": "Deze wordt vanzelf ingevuld, als tekst. Kies het type tekst.",
    },
    "variable.choices": {
        "en": "Give 2 to {most} different choices, each on a line of its own.",
        "nl": "Geef 2 tot {most} verschillende keuzes, elk op een eigen regel.",
    },
    "variable.no_choices": {
        "en": "Only the type choice has choices. Take them out.",
        "nl": "Alleen het type keuze heeft keuzes. Haal ze weg.",
    },
    "variable.longest": {
        "en": "Give a whole number from 1 to {most}.",
        "nl": "Geef een heel getal van 1 tot {most}.",
    },
    "length": {
        "en": "With its variables this can take {used}, and {limit} fit. Shorten it, or write a text for this network.",
        "nl": "Met variabelen wordt dit tot {used} en {limit} past. Kort het in of schrijf iets voor dit netwerk.",
    },
    "actions.list": {
        "en": "Give a list of at most {most} actions.",
        "nl": "Geef een lijst van hoogstens {most} acties.",
    },
    "actions.one": {
        "en": "An action is a tag with its name, a team with its number, owner with me, or a state that follows.",
        "nl": "Een actie is een label met een naam, een team met een nummer, owner met me of een status die volgt.",
    },
    "actions.twice": {
        "en": "“{do}” can stand here once.",
        "nl": "“{do}” kan hier één keer staan.",
    },
    "value.missing": {
        "en": "Fill this in.",
        "nl": "Vul dit in.",
    },
    "value.long": {
        "en": "At most {most} characters.",
        "nl": "Hoogstens {most} tekens.",
    },
    "value.number": {
        "en": "Write a number such as 12 or 12.50, without separators of thousands.",
        "nl": "Schrijf een getal zoals 12 of 12,50, zonder punten voor duizendtallen.",
    },
    "value.date": {
        "en": "Give a date as 2026-11-27.",
        "nl": "Geef een datum als 2026-11-27.",
    },
    "value.choice": {
        "en": "Choose one of: {known}.",
        "nl": "Kies een van: {known}.",
    },
    "value.unknown": {
        "en": "This canned response has no such variable.",
        "nl": "Dit standaardantwoord heeft zo'n variabele niet.",
    },
}


class CannedFault(FormFault):
    """One thing to correct."""

    messages = MESSAGES


class CannedRefused(FormRefused):
    """A canned response or its values that can't be used, with everything that is wrong."""
