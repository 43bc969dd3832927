"""A Dovecot of the tests' own: on free ports of 127.0.0.1, in a fresh folder, as an unprivileged user, gone afterwards.

Any user name logs in with the password `secret`, so that each test has a user of its own. Mail is delivered by writing
into the user's Maildir, as any delivery agent does.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.tls import Certificate

PASSWORD = "secret"
INSTALL = "sh tests/servers/install.sh"
_CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_home = {root}/mail/%u
mail_location = maildir:~/Maildir
mail_uid = {user}
mail_gid = {group}
mail_fsync = never
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_worker_max_count = 2
imap_idle_notify_interval = 2 mins
mail_max_userip_connections = {connections}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail/%u
}}
mail_plugins = quota acl
protocol imap {{
  mail_plugins = quota acl imap_quota imap_acl
  {imap}
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=20M
  acl = vfile
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service auth {{
  unix_listener auth-userdb {{
    mode = 0600
  }}
}}
service stats {{
  chroot =
}}
{namespace}
"""
RICH = """
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \\Drafts
    auto = subscribe
  }
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = create
  }
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
  mailbox Archive {
    special_use = \\Archive
    auto = create
  }
}
"""
# Nothing but the old standard: a prefix, names in German, no word of what a mailbox is for, no IDLE.
POOR = """
namespace inbox {
  inbox = yes
  prefix = INBOX.
  separator = .
  mailbox "Entwürfe" {
    auto = subscribe
  }
  mailbox Gesendet {
    auto = subscribe
  }
  mailbox Papierkorb {
    auto = create
  }
}
"""
POOR_IMAP = "imap_capability = IMAP4rev1 NAMESPACE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The unprivileged user whom the server runs as: ourselves, or nobody where we are root."""

    user: str
    group: str
    prefix: tuple[str, ...]

    @classmethod
    def choose(cls) -> "Owner":
        if os.geteuid() != 0:
            name, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
            return cls(user=name, group=group, prefix=())
        setpriv = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
        return cls(user="nobody", group="nogroup", prefix=setpriv)


def missing() -> str | None:
    """Say what to type where no Dovecot can be started here, else None."""
    binary = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        return f"Dovecot is not installed; type: {INSTALL}"
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        return f"these tests configure Dovecot 2.3, and {version.split()[0]} is installed"
    return None


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Dovecot:
    """One running server."""

    def __init__(
        self,
        certificate: Certificate,
        *,
        namespace: str = RICH,
        imap: str = "",
        connections: int = 100,
        introspection: str = "http://127.0.0.1:9/introspect",
    ) -> None:
        # Not below pytest's own folder, which is closed to other users; and short, for the sake of socket names.
        root = self.root = Path(tempfile.mkdtemp(prefix="mailhook-dovecot-"))
        self._owner = Owner.choose()
        self.port, self.tls_port = free_ports(2)
        for sub in ("run", "state", "mail"):
            (root / sub).mkdir(parents=True)
        for pem in (certificate.cert, certificate.key):
            shutil.copy(pem, root)
        self._config = root / "dovecot.conf"
        self._config.write_text(
            _CONFIG.format(
                root=root, user=self._owner.user, group=self._owner.group, cert=root / certificate.cert.name,
                key=root / certificate.key.name, connections=connections, password=PASSWORD, imap=imap, plain=self.port,
                tls=self.tls_port, namespace=namespace,
            )
        )  # fmt: skip
        (root / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {introspection}\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
        )
        self._give_away(root)
        self._process: subprocess.Popen[bytes] | None = None

    def _give_away(self, path: Path) -> None:
        if os.geteuid() != 0:
            return
        for each in (path, *path.rglob("*")):
            shutil.chown(each, self._owner.user, self._owner.group)

    def start(self) -> None:
        """Start, and return once the server greets."""
        binary = shutil.which("dovecot") or "/usr/sbin/dovecot"
        self._process = subprocess.Popen([*self._owner.prefix, binary, "-F", "-c", str(self._config)])
        deadline = time.monotonic() + 20
        while not self._greets():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"Dovecot did not start: {self.log()[-2000:]}")
            time.sleep(0.02)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                return connection.recv(16).startswith(b"* OK")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop, and return once it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.root)

    def log(self) -> str:
        """Return what the server has logged."""
        log = self.root / "dovecot.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def doveadm(self, *words: str) -> str:
        """Run the server's own administration tool."""
        command = [*self._owner.prefix, "doveadm", "-c", str(self._config), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    def maildir(self, user: str, mailbox: str = "INBOX") -> Path:
        """Return where a mailbox of the user lies on disk (its name as on disk: modified UTF-7)."""
        inbox = self.root / "mail" / user / "Maildir"
        return inbox if mailbox == "INBOX" else inbox / f".{mailbox}"

    def deliver(self, user: str, messages: Sequence[bytes], mailbox: str = "INBOX") -> None:
        """Deliver messages as a delivery agent does: written in tmp/, renamed into new/."""
        folder = self.maildir(user, mailbox)
        for sub in ("tmp", "new", "cur"):
            if not (folder / sub).is_dir():
                (folder / sub).mkdir(parents=True)
                self._give_away(self.root / "mail" / user)
        for message in messages:
            name = f"{time.time_ns() // 10**9}.M{time.time_ns() % 10**9:09}P{os.getpid()}R{os.urandom(4).hex()}.test"
            path = folder / "tmp" / name
            path.write_bytes(message)
            if os.geteuid() == 0:
                shutil.chown(path, self._owner.user, self._owner.group)
            path.rename(folder / "new" / name)
