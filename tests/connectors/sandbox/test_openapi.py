"""What tweepy asks of the sandbox, and what it answers, against X's own published description (where it is at hand)."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest
import requests

from tests.connectors.sandbox.conftest import ROOT, Company, HostRewriter

DESCRIPTION = ROOT.parent / "shared" / "payloads" / "x" / "openapi.json"
pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="X's OpenAPI description is not at hand")
# The description of August 2026 says "post" where X's prose, payloads and client libraries say "tweet".
RENAMED = {"tweet.fields": "post.fields"}
RENAMED_VALUES = {
    "referenced_tweets.id": "referenced_posts",
    "referenced_tweets.id.author_id": "referenced_posts",
    "note_tweet": "note_post",
}
TWEET_ONLY = {"author_id", "conversation_id", "referenced_tweets", "sender_id", "dm_conversation_id", "entities"}


class Description:
    """Finds the operation of a request and validates both sides of it."""

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Any] = json.loads(path.read_text())
        self.seen: list[str] = []

    def _validator(self, schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator({**schema, "components": self.document["components"]})

    def _resolved(self, entry: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in entry:
            return entry
        found: Any = self.document
        for part in entry["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def operation(self, method: str, path: str) -> dict[str, Any]:
        parts = path.split("/")
        candidates = []
        for template, operations in self.document["paths"].items():
            pattern = template.split("/")
            if len(pattern) == len(parts) and method.lower() in operations:
                exact = [part == given for part, given in zip(pattern, parts, strict=True)]
                if all(e or part.startswith("{") for e, part in zip(exact, pattern, strict=True)):
                    candidates.append((sum(exact), template, operations[method.lower()]))
        assert candidates, f"X describes no {method} {path}"
        _, template, found = max(candidates, key=lambda candidate: candidate[0])
        self.seen.append(f"{method} {template}")
        return dict(found)

    def check(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        url = urlsplit(str(request.url))
        operation = self.operation(str(request.method), url.path.removeprefix("/x"))
        parameters = {p["name"]: p for p in map(self._resolved, operation.get("parameters", ()))}
        for name, value in parse_qsl(url.query):
            self._check_parameter(parameters, RENAMED.get(name, name), value)
        if request.body:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self._validator(schema).validate(json.loads(request.body))
        described = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
        self._validator(described).validate(response.json())

    def _check_parameter(self, parameters: dict[str, Any], name: str, value: str) -> None:
        assert name in parameters, f"X describes no query parameter {name}"
        schema = parameters[name]["schema"]
        if schema.get("type") == "array":
            known = self._resolved(schema["items"]).get("enum")
            values = [RENAMED_VALUES.get(part, part) for part in value.split(",")]
            assert known is None or not set(values) - set(known) - TWEET_ONLY, f"{name}={value}"
        elif schema.get("type") == "integer":
            self._validator(schema).validate(int(value))
        else:
            self._validator(schema).validate(value)


class Checking(HostRewriter):
    """Holds every exchange against the description."""

    def __init__(self, base_url: str, description: Description) -> None:
        super().__init__(base_url)
        self.description = description

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(request, *args, **kwargs)
        self.description.check(request, response)
        return response


def test_every_call_of_a_desk_is_as_x_describes_it(company: Company) -> None:
    description = Description(DESCRIPTION)
    client = company.client
    client.session.mount("https://", Checking(company.base_url, description))
    fields: dict[str, Any] = {
        "tweet_fields": ["created_at", "conversation_id", "entities", "note_tweet", "public_metrics", "lang"],
        "expansions": ["author_id", "referenced_tweets.id", "attachments.media_keys", "in_reply_to_user_id"],
        "user_fields": ["public_metrics", "profile_image_url", "verified", "created_at"],
        "media_fields": ["url", "alt_text", "type", "width"],
        "user_auth": True,
    }
    mention = company.hears(media=["foto"])
    dm = company.hears("prive", kind="dm")
    client.get_me(user_fields=["created_at"])
    client.get_user(id=dm["author"]["id"], user_auth=True)
    client.get_users_mentions(company.id, max_results=100, since_id="1", **fields)
    own = client.create_tweet(text="Dag", in_reply_to_tweet_id=mention["id"]).json()["data"]
    below = company.hears("dank", kind="reply", in_reply_to=own["id"])
    client.get_tweet(below["id"], **fields)
    client.get_tweets([own["id"], "1"], **fields)
    client.search_recent_tweets(f"conversation_id:{mention['id']}", max_results=10, **fields)
    thread = client.create_tweet(text="Eigen draad").json()["data"]
    client.hide_reply(company.hears("troep", kind="reply", in_reply_to=thread["id"])["id"])
    client.get_direct_message_events(dm_event_fields=["created_at"], expansions=["sender_id"], max_results=50)
    client.get_direct_message_events(participant_id=dm["author"]["id"])
    client.create_direct_message(participant_id=dm["author"]["id"], text="Dag")
    client.create_direct_message(dm_conversation_id=dm["root_id"], text="Dag nogmaals")
    body = {"media": "iVBORw0KGgo=", "media_category": "tweet_image"}
    client.request("POST", "/2/media/upload", json=body, user_auth=True)
    client.delete_tweet(own["id"])
    assert len(set(description.seen)) == 14
