"""What is masked in a customer's text for who may not see it, and what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.hiding import hidden
from policies.personal_data import MOST, own_data
from policies.reference_patterns import Patterns
from tests.policies.slow_texts import MADE_TO_BE_SLOW, half_and_whole, is_linear

NOTHING = own_data((), "NL")
OURS = own_data(("@vlotlijn.nl", "030 235 1111"), "NL")
REFERENCES = (Patterns(("VL-\\d{6}",)),)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Stort op NL91 ABNA 0417 1643 00 graag", "Stort op **** **** **** **** ** graag"),
        ("Mijn BSN is 111222333.", "Mijn BSN is *********."),
        ("Card 4111 1111 1111 1111 was charged", "Card **** **** **** **** was charged"),
        ("Bel me op 06-12345678 of mail jan@jansen.nl!", "Bel me op **-******** of mail ***@******.**!"),
        ("Ik woon op 1234 AB 56, kom maar", "Ik woon op **** ** **, kom maar"),
        ("Paspoort NXX123456 ligt in de trein", "Paspoort ********* ligt in de trein"),
        ("Boeking vl-123456 is weg", "Boeking **-****** is weg"),
        ("Zie https://x.nl/?m=jan@jansen.nl", "Zie https://x.nl/?m=***@******.**"),
        ("٠٦-١٢٣٤٥٦٧٨ is mijn mobiele nummer", "**-******** is mijn mobiele nummer"),
    ],
)
def test_personal_data_becomes_asterisks_where_it_stands(text: str, shown: str) -> None:
    assert hidden(text, NOTHING, references=REFERENCES) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Waar blijft trein 3512 van 14:05 uit spoor 12?",
        "Het kostte € 1.234,50 op 12-03-2026",
        "@vlotlijn jullie nummer 030 235 1111 en info@vlotlijn.nl doen het niet",
        "Bel 0800-1234 maar",
        "",
    ],
)
def test_everything_else_reads_as_it_was_written(text: str) -> None:
    assert hidden(text, OURS, references=REFERENCES) == text


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("Stort het op NL91 ABNA 0417 16", "Stort het op **** ABNA **** **"),
        ("Mail naar jan.jansen@voorb", "Mail naar ***.******@*****"),
        ("Bel 06-123", "Bel **-***"),
        ("En nu gaat het weer goed met de trein", "En nu gaat het weer goed met de trein"),
    ],
)
def test_what_a_preview_cuts_in_two_is_masked_too(start: str, shown: str) -> None:
    assert hidden(start, NOTHING, cut=True) == shown


def test_behind_the_last_of_very_many_nothing_is_left() -> None:
    text = " ".join(f"klant{number}@voorbeeld.nl" for number in range(MOST + 20))
    assert "voorbeeld" not in hidden(text, NOTHING)


@given(st.text(max_size=300), st.booleans())
def test_nothing_raises_and_every_place_stays(text: str, cut: bool) -> None:
    shown = hidden(f"{text} jan@jansen.nl {text}", NOTHING, references=REFERENCES, cut=cut)
    assert len(shown) == 2 * len(text) + 15
    assert all(after in (before, "*") for before, after in zip(f"{text} jan@jansen.nl {text}", shown, strict=True))


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("piece", MADE_TO_BE_SLOW)
def test_twice_the_text_costs_no_more_to_mask_than_twice(piece: str, cut: bool) -> None:
    half, whole = half_and_whole(piece)
    assert is_linear(lambda text: hidden(text, NOTHING, references=REFERENCES, cut=cut), half, whole)
    assert len(hidden(whole, NOTHING, references=REFERENCES, cut=cut)) == len(whole)
