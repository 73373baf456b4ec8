"""A program with a token, as short as a sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from desk.people.models import ApiToken, User

JSON = "application/json"


@dataclass
class Answer:
    """What came back; `problem` is the code of a refusal."""

    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return json.loads(self.response.content) if self.response.content else None

    @property
    def problem(self) -> tuple[int, str]:
        return self.status, self.body["code"]


@dataclass
class Caller:
    """Somebody who calls `/api/v1/…` with a token of their own."""

    user: User
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        _token, secret = ApiToken.issue(self.user)
        self.headers = {"Authorization": f"Token {secret}"}

    def get(self, path: str, **query: Any) -> Answer:
        return self._made(self.client.get(_address(path), query, headers=self.headers))

    def post(self, path: str, **body: Any) -> Answer:
        return self._made(self.client.post(_address(path), json.dumps(body), JSON, headers=self.headers))

    def put(self, path: str, **body: Any) -> Answer:
        return self._made(self.client.put(_address(path), json.dumps(body), JSON, headers=self.headers))

    def patch(self, path: str, **body: Any) -> Answer:
        return self._made(self.client.patch(_address(path), json.dumps(body), JSON, headers=self.headers))

    def delete(self, path: str) -> Answer:
        return self._made(self.client.delete(_address(path), headers=self.headers))

    def send(self, path: str, raw: bytes, content_type: str = JSON) -> Answer:
        return self._made(self.client.post(_address(path), raw, content_type, headers=self.headers))

    def hand_in(self, path: str, content: bytes, name: str = "kaart.png", **values: str) -> Answer:
        """A form with a file."""
        form = {"file": SimpleUploadedFile(name, content), **values}
        return self._made(self.client.post(_address(path), form, headers=self.headers))

    def results(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, **query).body["results"]
        return found

    @staticmethod
    def _made(response: Any) -> Answer:
        return Answer(response)


def _address(path: str) -> str:
    return path if path.startswith("http") else f"/api/v1/{path}"
