"""How much of the Dutch kinds is found and how often wrongly, in made-up sentences: nobody has labelled real ones.

Beside each thing stand others that look like it and are none. Prints a figure for each kind with `-s`.
"""

import random
from collections.abc import Callable, Iterable, Iterator

import pytest
from stdnum import luhn
from stdnum.nl import bsn

from policies import personal_data
from policies.personal_data import Span

COUNT = 400
AROUND = (
    "Mijn {} klopt niet", "Het gaat om {}.", "{}", "Kun je {} nakijken? Bedankt!", "Zie {}, en bel me terug",
    "My details: {}", "I sent you {} yesterday", "(dat is {})",
)  # fmt: skip
Made = Callable[[random.Random], str]


def citizen_number(chance: random.Random) -> str:
    while not bsn.is_valid(number := f"{chance.randrange(10**7, 10**9):09d}"):
        pass
    parts = (number[:4], number[4:6], number[6:]), (number[:3], number[3:6], number[6:]), (number,)
    return chance.choice((".", " ", "-")).join(chance.choice(parts))


def other_digits(chance: random.Random) -> str:
    """Nine digits that fail the 11-test, or ten that are an order."""
    while bsn.is_valid(number := f"{chance.randrange(10**7, 10**9):09d}"):
        pass
    return chance.choice((number, f"order 4{number}"))


def front_door(chance: random.Random) -> str:
    code, letters = chance.randrange(1000, 10_000), "".join(chance.choices("BCDEFGHJKLMNPRTVWXZ", k=2))
    number, gap = f"{chance.randrange(1, 400)}{chance.choice(('', 'a', '-2'))}", chance.choice(("", " "))
    return chance.choice((f"Kerkstraat {number}, {code}{gap}{letters}", f"{code}{gap}{letters} {number}"))


def other_place(chance: random.Random) -> str:
    """A postcode alone is a whole street; a year, a distance and a time are none."""
    code = chance.randrange(1000, 10_000)
    return chance.choice((f"postcode {code} BC", f"{code} km in 3 uur", "2026 om 12 uur", f"{code} euro", "spoor 5"))


def passport(chance: random.Random) -> str:
    letters, digits = "".join(chance.choices("BCDFGHJKLNPRSTVX", k=2)), f"{chance.randrange(10**7):07d}"
    return f"{chance.choice(('paspoortnummer', 'passport no.', 'ID-kaart', 'identiteitsbewijs'))} {letters}{digits}"


def other_code(chance: random.Random) -> str:
    digits = f"{chance.randrange(10**7):07d}"
    return chance.choice((f"bestelling XB{digits}", f"tracking RR{digits}", "paspoort om 10:30", "ID-kaart vergeten"))


def card(chance: random.Random) -> str:
    number = chance.choice(("4", "51", "2221")).ljust(15, "0")
    number = number[:4] + f"{chance.randrange(10**11):011d}"
    number += luhn.calc_check_digit(number)
    return chance.choice((number, " ".join(number[at : at + 4] for at in range(0, 16, 4))))


def other_card(chance: random.Random) -> str:
    """One digit of a card is another: Luhn's formula sees each such slip."""
    number = card(chance).replace(" ", "")
    return number[:-1] + str((int(number[-1]) + chance.randrange(1, 10)) % 10)


KINDS: dict[str, tuple[Callable[[str], Iterable[Span]], Made, Made]] = {
    "bsn": (personal_data.citizen_numbers, citizen_number, other_digits),
    "postcode": (personal_data.addresses, front_door, other_place),
    "passport": (personal_data.passports, passport, other_code),
    "card": (personal_data.cards, card, other_card),
}


def sentences(made: Made, chance: random.Random) -> Iterator[str]:
    for number in range(COUNT):
        yield AROUND[number % len(AROUND)].format(made(chance))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_one_is_found_and_what_looks_like_one_is_not(kind: str) -> None:
    find, made, other = KINDS[kind]
    chance = random.Random(20261127)
    missed = [text for text in sentences(made, chance) if not list(find(text))]
    wrong = [text for text in sentences(other, chance) if list(find(text))]
    right = COUNT - len(missed)
    precision, recall = right / (right + len(wrong)), right / COUNT
    print(f"\n{kind}: precision {precision:.3f}, recall {recall:.3f} ({COUNT} of each in the texts)")
    assert recall >= 0.98, missed[:5]
    assert precision >= 0.99, wrong[:5]
