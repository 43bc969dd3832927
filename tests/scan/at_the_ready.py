"""Imported once in the process that the scans apart are forked from: each of them then has a judge that has read mail before."""

import tempfile
from pathlib import Path

from tests.scan.mailroom import Mailroom

with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
    room = Mailroom(Path(folder)).make()
    room.scan()
    room.deliver()
    room.scan()
