"""A Cyrus of the tests' own, run from Debian's packages unpacked beside the system: another namespace, other habits."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

from tests.servers.dovecot import PASSWORD, Owner, free_ports
from tests.servers.pymap import await_greeting, peers

_IMAPD = """
configdirectory: {root}/conf
partition-default: {root}/spool
defaultpartition: default
cyrus_user: {user}
cyrus_group: {group}
servername: localhost
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {root}/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
admins: cyrus
altnamespace: no
unixhierarchysep: no
autocreate_quota: 0
autocreate_inbox_folders: Drafts | Sent | Trash
autocreate_subscribe_folders: Drafts | Sent | Trash
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
idlesocket: {root}/run/idle
idlemethod: poll
imapidlepoll: 1
lmtpsocket: {root}/run/lmtp
notifysocket: {root}/run/notify
virtdomains: off
munge8bit: no
reject8bit: no
conversations: 1
conversations_db: twoskip
"""
_CYRUS = """
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {root}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {root}/imapd.conf -U 30" listen="127.0.0.1:{port}" prefork=0 maxchild=50
}}
EVENTS {{
  checkpoint cmd="{bin}/ctl_cyrusdb -C {root}/imapd.conf -c" period=30
}}
"""


def missing() -> str | None:
    """Say what to type where Cyrus is not unpacked, else None."""
    if (peers() / "cyrus" / ".complete").exists():
        return None
    return "Cyrus is not unpacked; type: sh tests/servers/install.sh --all"


class Cyrus:
    """One running server; a user is made by `user`."""

    def __init__(self) -> None:
        owner = Owner.choose()
        self._root = Path(tempfile.mkdtemp(prefix="mailhook-cyrus-"))
        # The cache may lie in a home that the server's user cannot enter.
        tree = shutil.copytree(peers() / "cyrus", self._root / "x", symlinks=True)
        libraries = [*tree.glob("usr/lib/*-linux-gnu"), *tree.glob("lib/*-linux-gnu"), tree / "usr/lib/cyrus"]
        self._environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, libraries))}
        self._tree = tree
        (self.port,) = free_ports(1)
        for sub in ("conf", "spool", "run"):
            (self._root / sub).mkdir()
        binaries = tree / "usr/lib/cyrus/bin"
        (self._root / "imapd.conf").write_text(
            _IMAPD.format(root=self._root, user=owner.user, group=owner.group)
        )
        (self._root / "cyrus.conf").write_text(_CYRUS.format(root=self._root, bin=binaries, port=self.port))
        self._make_user("nobody")
        if os.geteuid() == 0:
            for path in (self._root, *self._root.rglob("*")):
                if not path.is_relative_to(tree):
                    shutil.chown(path, owner.user, owner.group)
        self._process = subprocess.Popen(
            [
                *owner.prefix, str(binaries / "master"), "-C", str(self._root / "imapd.conf"),
                "-M", str(self._root / "cyrus.conf"), "-p", str(self._root / "run" / "master.pid"), "-D",
            ],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it ends its whole process group, which must not be ours
        )  # fmt: skip
        await_greeting(self.port, self._process, "Cyrus")

    def user(self) -> str:
        """Make a user and return the name."""
        name = f"u{uuid4().hex[:12]}"
        self._make_user(name)
        return name

    def _make_user(self, name: str) -> None:
        command = [
            str(self._tree / "usr/sbin/saslpasswd2"),
            "-f",
            str(self._root / "sasldb2"),
            "-p",
            "-c",
            name,
        ]
        subprocess.run(
            [*command, "-u", "localhost"], input=PASSWORD.encode(), env=self._environment, check=True, capture_output=True
        )  # fmt: skip

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self._process.terminate()
        self._process.wait(30)
        shutil.rmtree(self._root, ignore_errors=True)
