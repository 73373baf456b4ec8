"""The language model that takes little memory says what the library says with its own."""

import random
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from policies.language import LANGUAGES
from policies.language_model import LanguageModel

SCRIPTS = ((32, 127), (160, 0x500), (0x3000, 0x9000), (0x1F300, 0x1F650))


@pytest.fixture(scope="module")
def texts(project: Path) -> list[str]:
    """Sentences in Dutch and English, code, and characters without any sense."""
    chance = random.Random(5)
    lines = [line for file in ("desk/locale/nl/LC_MESSAGES/django.po", "desk/README.md") for line in
             (project / file).read_text(encoding="utf-8").splitlines()]  # fmt: skip
    senseless = [
        "".join(chr(chance.randrange(*chance.choice(SCRIPTS))) for _ in range(chance.randrange(80))) for _ in range(300)
    ]
    return ["", " ", "É", "\ud800", "GOEDEMORGEN ALLEMAAL", *chance.sample(lines, 3_000), *senseless]


def test_it_says_what_the_library_says(texts: list[str]) -> None:
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages(LANGUAGES)
    model = LanguageModel(LANGUAGES)
    for text in texts:
        language, sure = library.classify(text)
        says, how_sure = model.classify(text)
        assert (says, round(how_sure - sure, 4)) == (language, 0), text
