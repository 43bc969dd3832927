"""The person's own hand on their Gmail: mail arrives, is labelled, thrown away; drafts are edited, sent, deleted.

It speaks to the emulator directly, so that the server in front sees mailhook's requests and nothing else.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlencode

_asked = count()


class Mailbox:
    """What a person, and the world, can do to the mailbox."""

    def __init__(self, port: int) -> None:
        self._port = port

    def deliver(
        self,
        raw: bytes,
        *,
        labels: Sequence[str] = ("INBOX", "UNREAD"),
        received: datetime | None = None,
        thread: str | None = None,
    ) -> dict[str, Any]:
        """Let a message arrive; return its resource."""
        body: dict[str, Any] = {"raw": encode(raw), "labelIds": list(labels)}
        if received is not None:
            body["internalDate"] = str(int(received.timestamp() * 1000))
        if thread is not None:
            body["threadId"] = thread
        return self.ask("POST", "/messages", body)

    def label(self, ref: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Put labels on a message, or take them off."""
        self.ask(
            "POST", f"/messages/{ref}/modify", {"addLabelIds": list(add), "removeLabelIds": list(remove)}
        )

    def make_label(self, name: str) -> str:
        """Make a label of the person's own; return its id."""
        return str(self.ask("POST", "/labels", {"name": name})["id"])

    def delete(self, ref: str) -> None:
        """Delete a message for ever."""
        self.ask("DELETE", f"/messages/{ref}")

    def drafts(self) -> list[dict[str, Any]]:
        """Return every draft, with its message's bytes under `bytes`."""
        listed = self.ask("GET", "/drafts?maxResults=500").get("drafts", [])
        found = [self.ask("GET", f"/drafts/{entry['id']}?format=raw") for entry in listed]
        return [entry | {"bytes": decode(entry["message"]["raw"])} for entry in found]

    def write_draft(self, raw: bytes, *, thread: str | None = None) -> dict[str, Any]:
        """Let the person begin a draft themselves."""
        message = {"raw": encode(raw)} | ({"threadId": thread} if thread else {})
        return self.ask("POST", "/drafts", {"message": message})

    def edit_draft(self, ref: str, raw: bytes) -> None:
        """Let the person edit a draft."""
        self.ask("PUT", f"/drafts/{ref}", {"message": {"raw": encode(raw)}})

    def send_draft(self, ref: str) -> None:
        """Let the person press Send."""
        self.ask("POST", "/drafts/send", {"id": ref})

    def delete_draft(self, ref: str) -> None:
        """Let the person throw a draft away."""
        self.ask("DELETE", f"/drafts/{ref}")

    def messages(self) -> list[dict[str, Any]]:
        """Return every message there is, everywhere, with its labels."""
        listed: list[dict[str, Any]] = []
        token = ""
        while True:
            query = urlencode(
                {"includeSpamTrash": "true", "maxResults": 500} | ({"pageToken": token} if token else {})
            )
            page = self.ask("GET", f"/messages?{query}")
            listed += page.get("messages", [])
            token = page.get("nextPageToken", "")
            if not token:
                return [self.ask("GET", f"/messages/{entry['id']}?format=raw") for entry in listed]

    def labels(self) -> dict[str, list[str]]:
        """Return the labels of every message, drafts left out: what nobody but the person may change."""
        return {m["id"]: sorted(m["labelIds"]) for m in self.messages() if "DRAFT" not in m["labelIds"]}

    def ask(self, verb: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the emulator."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(
                verb,
                f"/gmail/v1/users/me{path}",
                body=None if body is None else json.dumps(body),
                # The emulator allows a token 5,000 requests an hour, and takes any token for its one person's.
                headers={
                    "Authorization": f"Bearer upstream-{next(_asked) // 2000}",
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, (verb, path, answer.status, content)
        return json.loads(content) if content else {}


def encode(raw: bytes) -> str:
    """Encode bytes as Gmail has them."""
    return base64.urlsafe_b64encode(raw).decode("ascii")


def decode(data: str) -> bytes:
    """Decode Gmail's base64, with or without padding."""
    return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
