"""Files of templates in a rulebook's document: by content or by digest, and refused by path with a reason."""

import base64
import hashlib
from typing import Any

import pytest

from policies.rulebook_diff import diff
from policies.rulebook_form import parse
from policies.rulebook_reading import RulebookProblem
from policies.template_files import LARGEST, MOST

BYTES = b"the bytes of a map"
BASE64 = base64.b64encode(BYTES).decode()
DIGEST = hashlib.sha256(BYTES).hexdigest()
WHOLE = {"name": "kaart.png", "content_type": "image/png", "sha256": DIGEST, "alt_text": "Een kaart", "content": BASE64}


def with_files(*files: Any) -> dict[str, Any]:
    return {"templates": {"kaart": {"text": {"nl": "Zie de kaart"}, "files": list(files)}}}


def test_a_document_and_what_is_read_of_it_say_the_same() -> None:
    by_digest = {"name": "film.mp4", "sha256": "a" * 64}
    rulebook = parse(with_files(WHOLE, by_digest))
    (template,) = rulebook.templates
    assert [(one.name, one.data) for one in template.files] == [("kaart.png", BYTES), ("film.mp4", b"")]
    assert rulebook.document["templates"]["kaart"]["files"] == [WHOLE, by_digest]
    assert parse(rulebook.document) == rulebook


def test_a_digest_is_worked_out_where_the_content_stands_there_and_lines_may_be_broken() -> None:
    broken = "\n".join((BASE64[:8], BASE64[8:], ""))
    (template,) = parse(with_files({"name": "kaart.png", "content": broken})).templates
    assert (template.files[0].sha256, template.files[0].content) == (DIGEST, BASE64)


@pytest.mark.parametrize(
    ("file", "below", "code"),
    [
        ("kaart.png", "", "object"),
        ({"content": BASE64}, "", "missing"),
        ({"name": "kaart.png"}, "", "file_without_content"),
        (WHOLE | {"url": "https://a.nl/kaart.png"}, ".url", "key_unknown"),
        (WHOLE | {"content": "no base64!"}, ".content", "file_content"),
        (WHOLE | {"content": ""}, ".content", "file_content"),
        (WHOLE | {"content": "\u00e9"}, ".content", "file_content"),
        (WHOLE | {"content": 7}, ".content", "file_content"),
        (WHOLE | {"sha256": "a" * 64}, ".sha256", "file_other"),
        (WHOLE | {"sha256": "A" * 64}, ".sha256", "sha256"),
        (WHOLE | {"content_type": "picture"}, ".content_type", "content_type"),
        (WHOLE | {"alt_text": "x" * 4_001}, ".alt_text", "text"),
        (WHOLE | {"name": ""}, ".name", "text"),
        (
            {"name": "kaart.png", "content": base64.b64encode(bytes(LARGEST + 1)).decode()},
            ".content",
            "file_too_large",
        ),
    ],
)
def test_what_is_no_file_is_refused_with_its_place_in_both_languages(file: Any, below: str, code: str) -> None:
    with pytest.raises(RulebookProblem) as refused:
        parse(with_files(WHOLE, file))
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == (f"templates.kaart.files[1]{below}", f"rulebook.{code}")
    assert problem.said("nl") != problem.said("en")


def test_what_just_fits_is_taken_and_one_file_more_than_goes_along_is_not() -> None:
    fits = {"name": "kaart.png", "content": base64.b64encode(bytes(LARGEST)).decode()}
    assert len(parse(with_files(fits)).templates[0].files[0].data) == LARGEST
    with pytest.raises(RulebookProblem) as refused:
        parse(with_files(*[WHOLE] * (MOST + 1)))
    assert [one.path for one in refused.value.problems] == ["templates.kaart.files"]


def test_a_diff_names_files_and_leaves_their_bytes_out() -> None:
    other = WHOLE | {"alt_text": "De kaart van nu"}
    for before, after in ((with_files(WHOLE), with_files(other)), ({}, with_files(WHOLE))):
        said = [str(one.as_json()) for one in diff(parse(before), parse(after))]
        assert any(DIGEST in one for one in said)
        assert not any(BASE64 in one for one in said)
