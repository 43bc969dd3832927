"""The few requests that mailhook makes of Gmail, each within the budget, repeated with patience where that is safe.

Reading may be asked again; a draft is posted once.
"""

import http.client
import time
from collections.abc import Iterator
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError
from googleapiclient.errors import HttpError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from mailhook.connectors._gmail_errors import meaning, meaning_for_a_draft, read_refusal
from mailhook.connectors._gmail_pace import UNITS, Budget, Patience
from mailhook.connectors._gmail_transport import NotSent, TooLarge, Wire
from mailhook.errors import AccountError, DoubtfulWrite, LoginRefused, NotWritten, Unreachable

_PAGE = 500
_BROKEN = (OSError, http.client.HTTPException, httplib2.HttpLib2Error)


class Missing(Exception):
    """What was asked for is not there (404), or was never there (400 for an id)."""


class _Passing(Exception):
    """A refusal or a broken connection that may pass; `said` is what it means if it does not."""

    def __init__(self, said: AccountError, *, wait: float | None = None) -> None:
        super().__init__(str(said))
        self.said = said
        self.wait = wait


class Api:
    """Gmail's resources, as plain dictionaries; every id is text."""

    def __init__(self, wire: Wire, budget: Budget, patience: Patience) -> None:
        self._wire = wire
        self._budget = budget
        self._patience = patience

    def profile(self) -> dict[str, Any]:
        """Return the address and where the history stands."""
        return self._read("profile", self._wire.users().getProfile(userId="me"))

    def labels(self) -> list[dict[str, Any]]:
        """Return the account's labels: ids and names."""
        return list(self._read("labels", self._wire.users().labels().list(userId="me")).get("labels", []))

    def history(self, start: str, *, at_most: int = _PAGE) -> Iterator[dict[str, Any]]:
        """Yield the pages of what changed since then. Raise Missing where Gmail has forgotten."""
        token = None
        while True:
            page = self._read(
                "history",
                self._wire.users()
                .history()
                .list(
                    userId="me",
                    startHistoryId=start,
                    historyTypes=["messageAdded", "labelAdded", "labelRemoved"],
                    maxResults=at_most,
                    pageToken=token,
                ),
            )
            yield page
            token = page.get("nextPageToken")
            if not token:
                return

    def messages(
        self, query: str, *, label: str | None = None, spam_trash: bool = False
    ) -> list[dict[str, str]]:
        """Return id and threadId of every message that a search finds, newest first."""
        found: list[dict[str, str]] = []
        token = None
        while True:
            page = self._read(
                "messages",
                self._wire.users()
                .messages()
                .list(
                    userId="me",
                    q=query,
                    labelIds=[label] if label else None,
                    includeSpamTrash=spam_trash,
                    maxResults=_PAGE,
                    pageToken=token,
                ),
            )
            found += page.get("messages", [])
            token = page.get("nextPageToken")
            if not token:
                return found

    def message(self, ref: str, form: str) -> dict[str, Any]:
        """Return one message: `raw`, `full` (attachments as references only) or `metadata`. Raise Missing or TooLarge."""
        return self._read("message", self._wire.users().messages().get(userId="me", id=ref, format=form))

    def attachment(self, message: str, ref: str) -> dict[str, Any]:
        """Return one part that stands outside its message."""
        asked = self._wire.users().messages().attachments().get(userId="me", messageId=message, id=ref)
        return self._read("attachment", asked)

    def thread(self, ref: str) -> dict[str, Any]:
        """Return a thread with its messages in full, attachments as references only. Raise Missing."""
        return self._read("thread", self._wire.users().threads().get(userId="me", id=ref, format="full"))

    def drafts(self, query: str | None = None, *, at_most: int = _PAGE) -> list[dict[str, Any]]:
        """Return the drafts (id, and their message's id and threadId) that a search finds; one page."""
        asked = self._wire.users().drafts().list(userId="me", q=query, maxResults=at_most)
        return list(self._read("drafts", asked).get("drafts", []))

    def draft(self, ref: str, form: str) -> dict[str, Any]:
        """Return one draft. Raise Missing."""
        return self._read("draft", self._wire.users().drafts().get(userId="me", id=ref, format=form))

    def create_draft(self, message: dict[str, str]) -> dict[str, Any]:
        """Post a draft, once. Raise NotWritten, OverQuota or LoginRefused where certainly nothing was kept, else DoubtfulWrite."""
        self._budget.spend(UNITS["create"])
        asked = self._wire.users().drafts().create(userId="me", body={"message": message})
        try:
            with self._wire.writing() as http:
                return dict(asked.execute(http=http, num_retries=0))
        except HttpError as exc:
            refusal = read_refusal(exc)
            if refusal.status >= 500:
                raise DoubtfulWrite(f"Gmail had trouble ({refusal.status}) while it took the draft") from exc
            raise meaning_for_a_draft(refusal) from exc
        except (NotSent, GoogleAuthError) as exc:
            raise NotWritten(
                f"Gmail cannot be reached ({_why(exc)}); nothing of the draft left this machine"
            ) from exc
        except (*_BROKEN, ValueError) as exc:
            raise DoubtfulWrite(f"the answer about the draft was lost ({type(exc).__name__})") from exc

    def _read(self, kind: str, asked: Any) -> dict[str, Any]:
        try:
            for attempt in self._retrying():
                with attempt:
                    return self._read_once(kind, asked)
        except _Passing as exc:
            raise exc.said from exc
        raise AssertionError("tenacity ends with a result or an error")

    def _read_once(self, kind: str, asked: Any) -> dict[str, Any]:
        self._budget.spend(UNITS[kind])
        try:
            return dict(asked.execute(http=self._wire.reading(), num_retries=0))
        except HttpError as exc:
            refusal = read_refusal(exc)
            if refusal.not_there:
                raise Missing(refusal.message) from exc
            if refusal.passing:
                raise _Passing(meaning(refusal), wait=refusal.retry_after) from exc
            raise meaning(refusal) from exc
        except TooLarge:
            raise
        except GoogleAuthError as exc:
            raise LoginRefused(f"the access token is of no use ({type(exc).__name__})") from exc
        except RecursionError as exc:
            raise Missing("nested too deep to be read") from exc
        except (*_BROKEN, ValueError) as exc:
            raise _Passing(Unreachable(f"Gmail cannot be reached ({_why(exc)}); try again later")) from exc

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(self._patience.tries),
            wait=self._wait,
            sleep=time.sleep,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        drawn = wait_random_exponential(multiplier=self._patience.first, max=self._patience.longest)(state)
        failed = state.outcome.exception() if state.outcome else None
        said = failed.wait if isinstance(failed, _Passing) else None
        return max(drawn, min(said or 0.0, self._patience.longest))


def _why(exc: BaseException) -> str:
    return str(exc).partition("\n")[0][:120] or type(exc).__name__
