"""A Courier of the tests' own, run from Debian's packages in a mount namespace: an old server without special use.

Its paths are built in, so its files are laid over /usr and /etc where only its own processes see them. Needs root.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

from tests.servers.dovecot import PASSWORD, Owner, free_ports
from tests.servers.pymap import await_greeting, peers

_START = """
set -e
mount --make-rprivate /
mount -t overlay overlay -o ro,lowerdir={tree}/usr:/usr /usr
mount -t overlay overlay -o ro,lowerdir={root}/over:/etc /etc
mount --bind {root}/etc /etc/courier
mount -t tmpfs tmpfs /run
mkdir -p /run/courier/authdaemon
chown courier:courier /run/courier/authdaemon
/usr/sbin/authdaemond start
. /etc/courier/imapd-ssl
. /etc/courier/imapd
set -a
. /etc/courier/imapd-ssl
. /etc/courier/imapd
IMAP_STARTTLS=NO
IMAP_TLS_REQUIRED=0
exec /usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 \\
    -nodnslookup -noidentlookup {port} /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"""
_USER = """
set -eu
userdb {name} set uid={uid} gid={gid} home={root}/mail/{name} mail={root}/mail/{name}/Maildir
echo {password} | userdbpw -md5 | userdb {name} set systempw
chmod 600 /etc/courier/userdb
makeuserdb
mkdir -p {root}/mail/{name}
maildirmake.courier {root}/mail/{name}/Maildir
chown -R {uid}:{gid} {root}/mail/{name}
"""


def missing() -> str | None:
    """Say why Courier cannot run here, else None."""
    if os.geteuid() != 0:
        return "Courier is run from a mount namespace, which only root can make"
    if not (peers() / "courier" / ".complete").exists():
        return "Courier is not unpacked; type: sh tests/servers/install.sh --all"
    return None


class Courier:
    """One running server; a user is made by `user`."""

    def __init__(self) -> None:
        self._owner = Owner.choose()
        self._root = Path(tempfile.mkdtemp(prefix="mailhook-courier-"))
        self._root.chmod(0o755)
        tree = shutil.copytree(peers() / "courier", self._root / "x", symlinks=True)
        (self.port,) = free_ports(1)
        shutil.copytree(tree / "etc" / "courier", self._root / "etc")
        (self._root / "over" / "courier").mkdir(parents=True)
        (self._root / "mail").mkdir()
        for name, line in (("passwd", "courier:x:64123:64123::/:/bin/false"), ("group", "courier:x:64123:")):
            text = Path("/etc", name).read_text()
            (self._root / "over" / name).write_text(text if "\ncourier:" in text else f"{text}{line}\n")
        settings = self._root / "etc" / "authdaemonrc"
        lines = [line for line in settings.read_text().splitlines() if not line.startswith("authmodulelist=")]
        settings.write_text("\n".join(['authmodulelist="authuserdb"', *lines, ""]))
        (self._root / "etc" / "userdb").touch(mode=0o600)
        libraries = ":".join(map(str, tree.glob("lib/*-linux-gnu")))
        self._environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
        script = _START.format(root=self._root, tree=tree, port=self.port)
        self._log = (self._root / "log").open("wb")
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script],
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            await_greeting(self.port, self._process, "Courier")
        except RuntimeError as exc:
            exc.add_note((self._root / "log").read_text(errors="replace"))
            raise

    def user(self) -> str:
        """Make a user and return the name."""
        name = f"u{uuid4().hex[:12]}"
        uid = subprocess.run(["id", "-u", self._owner.user], capture_output=True, text=True, check=True)
        gid = subprocess.run(["id", "-g", self._owner.user], capture_output=True, text=True, check=True)
        script = _USER.format(
            name=name, root=self._root, password=PASSWORD, uid=uid.stdout.strip(), gid=gid.stdout.strip()
        )
        subprocess.run(
            ["nsenter", "--mount", "--target", str(self._inside()), "sh", "-c", script],
            env=self._environment,
            check=True,
            capture_output=True,
        )
        return name

    def _inside(self) -> int:
        """Return the process below unshare: the first in the namespaces."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return int(children.split()[0])

    def close(self) -> None:
        """Stop all of it, and leave nothing behind."""
        os.kill(self._inside(), signal.SIGKILL)  # the first of its process namespace: all others end with it
        self._process.wait(20)
        self._log.close()
        shutil.rmtree(self._root, ignore_errors=True)
