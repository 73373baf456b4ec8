"""Files of a template in a rulebook's document: small ones in it, others by the digest of one that the desk keeps."""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from policies.rulebook_reading import Reading

MOST = 4  # of one template, as of a canned response
LARGEST = 48 * 1024  # bytes of a file that stands in the document: 64 KiB of base64
LONGEST_ALT = 4_000  # characters
LONGEST_NAME = 100
_KEYS = ("name", "content_type", "sha256", "alt_text", "content")
_DIGEST = regex.compile(r"[0-9a-f]{64}")
_TYPE = regex.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file that goes along. Without `content` it is one that the desk keeps already, known by its digest."""

    name: str
    sha256: str  # of the content
    alt_text: str = ""
    content_type: str = ""  # empty: whatever it is by its bytes
    content: str = ""  # in base64, on one line

    @property
    def data(self) -> bytes:
        return base64.b64decode(self.content)

    def as_form(self) -> dict[str, str]:
        """As a document writes it, without what is empty."""
        return {name: value for name in _KEYS if (value := getattr(self, name))}


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read_files(reading: Reading, path: str, given: Any) -> Iterator[TemplateFile]:
    """Each in the order in which they go out; what is wrong with one is noted at its path."""
    example = '[{"name": "map.png", "content": "iVBORw0KGgo…"}]'
    for place, one in enumerate(reading.list(path, given, MOST, example)):
        yield _file(reading, f"{path}[{place}]", one)


def _file(reading: Reading, path: str, given: Any) -> TemplateFile:
    form = reading.object(path, given, _KEYS)
    if not isinstance(given, Mapping):
        return TemplateFile("-", "")
    if "name" not in form:
        reading.wrong(path, "missing", key="name")
    content, found = _content(reading, f"{path}.content", form)
    return TemplateFile(
        reading.text(f"{path}.name", form.get("name", "-"), LONGEST_NAME),
        _digest(reading, path, form, found),
        reading.text(f"{path}.alt_text", form.get("alt_text", ""), LONGEST_ALT, least=0),
        reading.spelt(f"{path}.content_type", form["content_type"], _TYPE, "content_type")
        if "content_type" in form
        else "",
        content,
    )


def _content(reading: Reading, path: str, form: Mapping[str, Any]) -> tuple[str, str]:
    """The content on one line with its digest; nothing of either where there is none that can be used."""
    if "content" not in form:
        return "", ""
    written = form["content"]
    try:
        data = base64.b64decode("".join(written.split()), validate=True) if isinstance(written, str) else b""
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        reading.wrong(path, "file_content")
        return "", ""
    if len(data) > LARGEST:
        reading.wrong(path, "file_too_large", size=len(data), most=LARGEST)
        return "", ""
    return in_base64(data), hashlib.sha256(data).hexdigest()


def _digest(reading: Reading, path: str, form: Mapping[str, Any], found: str) -> str:
    """That of the content, or the one that stands for a file which is kept already."""
    if "sha256" not in form:
        if "content" not in form:
            reading.wrong(path, "file_without_content", most=LARGEST // 1024)
        return found
    said = reading.spelt(f"{path}.sha256", form["sha256"], _DIGEST, "sha256")
    if said and found and said != found:
        reading.wrong(f"{path}.sha256", "file_other", found=found)
    return said
