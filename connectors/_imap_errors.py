"""What an IMAP server's refusals and a network's failures mean for the person: one sentence each, with what to do.

Response codes are RFC 5530's, and those that large providers add (THROTTLED, ALERT). Here alone the library's exceptions
become ours.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mailhook.errors import (
    AccountError,
    DoubtfulWrite,
    LoginRefused,
    NoDrafts,
    NotWritten,
    OverQuota,
    Throttled,
    Unreachable,
)

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)(?: [^\]]*)?\]")
_BACK_OFF = re.compile(r"back-?off time: (\d+)", re.IGNORECASE)
_BUSY = re.compile(
    r"too many|connections? (?:limit|exceeded|from)|maximum number|rate|try (?:again|later)|temporar|unavailable|"
    r"internal (?:error|server)|timed? ?out|busy|throttl|exceeded",
    re.IGNORECASE,
)
_WAIT_CODES = frozenset({"THROTTLED", "LIMIT", "INUSE", "UNAVAILABLE", "SERVERBUG", "OVERQUOTA"})
_LOGIN_CODES = frozenset(
    {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN"}
)
_HOURS = 3 * 3600.0


def response_code(text: str) -> str | None:
    """Return the response code in an answer: `OVERQUOTA` of `NO [OVERQUOTA] Quota exceeded`."""
    found = _CODE.search(text)
    return found[1] if found else None


def said(answer: object) -> str:
    """Return a server's words as one short printable line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    text = re.sub(r"b'((?:[^'\\]|\\.)*)'", r"\1", text)
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]


def patience(text: str) -> Throttled:
    """Return the error for a server that asks to be left alone for a while."""
    back_off = _BACK_OFF.search(text)
    seconds = int(back_off[1]) / 1000 if back_off else None
    if seconds is None and response_code(text) == "OVERQUOTA":
        seconds = _HOURS  # the day's traffic is used up; asking on may block the account
    return Throttled(
        f"the server asks for patience ({said(text)}); mailhook tries again later", retry_after=seconds
    )


def refused(command: str, answer: object) -> AccountError:
    """Return the error for a command that the server answered with NO or BAD."""
    text = said(answer)
    if response_code(text) in _WAIT_CODES or _BUSY.search(text):
        return patience(text)
    return AccountError(f'the server refused {command} ({text}); run "mailhook check" to see what it can do')


def login_refused(answer: object, host: str) -> AccountError:
    """Return the error for a refused login: a wrong password, unless the server says that it is busy."""
    text = said(answer)
    code = response_code(text)
    if code not in _LOGIN_CODES and (code in _WAIT_CODES or _BUSY.search(text)):
        return patience(text)
    return LoginRefused(
        f"{host} refused the login ({text}); check `user` and the password, and whether the provider wants an app password"
    )


def append_refused(answer: object, mailbox: str) -> AccountError:
    """Return the error for a draft that the server certainly did not take."""
    text = said(answer)
    match response_code(text):
        case "OVERQUOTA":
            return OverQuota(
                f'"{mailbox}" is full ({text}); make room in the mailbox, and the draft is tried again'
            )
        case "TRYCREATE" | "NONEXISTENT":
            return NoDrafts(
                f'there is no mailbox "{mailbox}" ({text}); make it in a mail program, or name another in `drafts`'
            )
        case "NOPERM" | "READ-ONLY":
            return NoDrafts(f'"{mailbox}" takes no mail ({text}); name another in `drafts`')
    return NotWritten(f'the server did not take the draft for "{mailbox}" ({text}); scan again')


@contextmanager
def writing(mailbox: str) -> Iterator[None]:
    """Around an APPEND: whatever breaks here leaves it open whether the draft was written."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError, ValueError) as exc:
        raise DoubtfulWrite(
            f'the connection broke while a draft was written to "{mailbox}" ({said(exc)}); mailhook looks it up before anything else'
        ) from exc


@contextmanager
def at_the_edge(host: str, port: int) -> Iterator[None]:
    """Turn what the library and the network raise into our errors, each a sentence that says what to do."""
    try:
        yield
    except ssl.SSLCertVerificationError as exc:
        raise Unreachable(_certificate(exc, host)) from exc
    except ssl.SSLError as exc:
        raise Unreachable(
            f'TLS with {host}:{port} failed ({said(exc.reason or exc)}); if that port begins in plain text, set security = "starttls"'
        ) from exc
    except imaplib.IMAP4.error as exc:
        raise _from_imap(exc, host) from exc
    except socket.gaierror as exc:
        raise Unreachable(
            f'there is no host "{host}" ({said(exc.strerror)}); check `host` and the network'
        ) from exc
    except TimeoutError as exc:
        raise Unreachable(f"{host}:{port} does not answer; check the network, `host` and `port`") from exc
    except ConnectionRefusedError as exc:
        raise Unreachable(f"nothing listens at {host}:{port}; check `host`, `port` and `security`") from exc
    except OSError as exc:
        raise Unreachable(
            f"the connection to {host}:{port} broke ({said(exc)}); mailhook tries again"
        ) from exc
    except ValueError as exc:
        raise Unreachable(
            f"{host}:{port} answered what is no IMAP ({said(exc)}); check `host` and `port`"
        ) from exc


def _certificate(exc: ssl.SSLCertVerificationError, host: str) -> str:
    why = said(exc.verify_message)
    if "expired" in why:
        return f"the certificate of {host} has expired; tell whoever runs the server, and check this machine's clock"
    if "mismatch" in why or "not valid for" in why:
        return (
            f"the certificate there is not for {host} ({why}); check `host`: somebody else may be answering"
        )
    return f"the certificate of {host} cannot be trusted ({why}); if the server is your own, name its authority's file in `ca_file`"


def _from_imap(exc: imaplib.IMAP4.error, host: str) -> AccountError:
    text = said(exc)
    if "STARTTLS" in text:
        return Unreachable(
            f'{host} lets nobody change to TLS ({text}), so no password was sent; set security = "tls", or distrust this network'
        )
    if response_code(text) in _WAIT_CODES or _BUSY.search(text):
        return patience(text)
    if isinstance(exc, imaplib.IMAP4.abort):
        return Unreachable(f"the connection to {host} broke ({text}); mailhook tries again")
    return Unreachable(f"{host} answered something unexpected ({text}); mailhook tries again")
