"""Every exception mailhook raises on purpose. A class exists only where somebody catches it differently.

::

    MailhookError                 one sentence for the person, saying what to do next
    ├── UsageError                wrong options, configuration or files: exit status 2
    │   └── ConfigError           the configuration: every mistake in it, one a line
    ├── AccountError              this account failed, the others go on: exit status 1
    │   ├── NoSecret              the place that should hold the password has none, or is not safe to read
    │   │   └── NoKeyring         this machine has no keyring that keeps a secret safe: name another place
    │   ├── LoginRefused          the password or token was refused: pause until it changes
    │   ├── Unreachable           network, TLS or server trouble: try again later
    │   │   └── Throttled         the server asked for patience: back off, keep the cursor
    │   ├── OverQuota             the mailbox is full: the draft is kept for later
    │   ├── NoDrafts              no Drafts mailbox, or it takes no mail: the person has to name one
    │   ├── CursorExpired         the store no longer understands the cursor: start again from the last handled date
    │   ├── NotWritten            the store refused the draft: nothing was written, certainly
    │   └── DoubtfulWrite         the draft may or may not have been written: look it up, never repeat blindly
    ├── LedgerError               the ledger is damaged, newer than this program, or cannot be written: exit status 1
    ├── TemplateError             a template is broken: its name, line and variable
    └── Unreadable                this one message could not be read: three tries, then quarantine
"""


class MailhookError(Exception):
    """Say in one sentence what went wrong and what to do next."""


class UsageError(MailhookError):
    """The person asked for something that cannot be done as asked."""


class ConfigError(UsageError):
    """The configuration is missing or wrong; the message lists every mistake, one a line."""


class AccountError(MailhookError):
    """One account could not be served; the others go on."""


class NoSecret(AccountError):
    """The place that should hold the password or token has none, or is not safe to read."""


class NoKeyring(NoSecret):
    """This machine has no keyring that keeps a secret safe."""


class LoginRefused(AccountError):
    """The server refused the password or token; trying again with the same one may lock the account."""


class Unreachable(AccountError):
    """The server cannot be reached, or the connection broke while nothing was being written."""


class Throttled(Unreachable):
    """The server asked for patience; `retry_after` is in seconds, or None where the server did not say."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OverQuota(AccountError):
    """The mailbox is full, so a draft cannot be kept until the person makes room."""


class NoDrafts(AccountError):
    """There is no Drafts mailbox, or it refuses mail."""


class CursorExpired(AccountError):
    """The store no longer understands the cursor it once gave."""


class NotWritten(AccountError):
    """The store refused the draft and certainly kept nothing."""


class DoubtfulWrite(AccountError):
    """The connection broke after the draft began to be written: it may be there or not."""


class LedgerError(MailhookError):
    """The ledger cannot be opened, read or written."""


class TemplateError(MailhookError):
    """A template cannot be rendered."""


class Unreadable(MailhookError):
    """A message could not be read within its bounds."""
