"""What reading Gmail costs: units of its quota, requests and bytes, against reading every message whole.

Measured on the tests' own Gmail (the emulator with our server in front), which counts by Google's table. A new message costs
one `messages.get` of 20 units whatever its form, so what is saved is bytes; a pass with nothing new is one request of 2 units.
"""

import json
import os
import tempfile
import urllib.request
from pathlib import Path

from benchmarks.mailbox import messages
from mailhook.connectors.gmail import COMPOSE, READ, GmailMailbox
from tests.servers.gmail.emulator import ADDRESS, Emulator, missing
from tests.servers.gmail.fixtures import keep_grant
from tests.servers.gmail.shim import USER, Shim
from tests.servers.gmail.store import GmailStore

COUNT = int(os.environ.get("BENCH_GMAIL", "40"))


def main() -> None:
    """Measure and print."""
    why = missing()
    if why is not None:
        print(f"Gmail's cost was not measured: {why}")
        return
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = (
        "1"  # the sign-in library wants https, but this is this machine
    )
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator, Shim(emulator) as shim:
        grants = Path(folder) / "grants"
        grants.mkdir(mode=0o700)
        grant = keep_grant(shim, grants / "gmail.token", READ, COMPOSE)
        mailbox = GmailMailbox(user=ADDRESS, token_file=str(grants / "gmail.token"), endpoint=shim.url)
        with mailbox:
            _measure(shim, mailbox, str(grant.access_token))


def _measure(shim: Shim, mailbox: GmailMailbox, token: str) -> None:
    store = GmailStore(shim, lambda **_: mailbox)
    cursor = mailbox.start(None)
    for raw in messages(COUNT):
        store.deliver(raw)
    shim.forget()
    read = sum(1 for _ in mailbox.arrived(cursor))
    ours = (shim.units(), len(shim.asked()), shim.bytes_given)
    cursor = mailbox.cursor_after(cursor)
    shim.forget()
    whole_count = _read_whole(shim.url, token)
    whole = (shim.units(), len(shim.asked()), shim.bytes_given)
    shim.forget()
    assert not list(mailbox.arrived(cursor))
    nothing = (shim.units(), len(shim.asked()), shim.bytes_given)
    assert read == whole_count == COUNT
    print(f"Gmail, {COUNT} new messages, some with megabytes attached: units, requests, bytes")
    print("    mailhook              {:>6} {:>4} {:>12}".format(*ours))
    print("    every message whole   {:>6} {:>4} {:>12}".format(*whole))
    print(
        "    whole / mailhook      {:>6.2f} {:>4.2f} {:>12.1f}".format(
            *(b / a for a, b in zip(ours, whole, strict=True))
        )
    )
    print("    nothing new           {:>6} {:>4} {:>12}   goal: 2 units, one request".format(*nothing))


def _read_whole(url: str, token: str) -> int:
    def get(path: str) -> dict[str, object]:
        request = urllib.request.Request(f"{url}{USER}{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    listed = get(f"/messages?labelIds=INBOX&maxResults={COUNT}")["messages"]
    assert isinstance(listed, list)
    for each in listed:
        get(f"/messages/{each['id']}?format=raw")
    return len(listed)


if __name__ == "__main__":
    main()
