"""Which accounts a command is about."""

from typing import TYPE_CHECKING

from mailhook.errors import UsageError

if TYPE_CHECKING:
    from mailhook.config import Account, Config


def chosen(settings: "Config", name: str | None) -> tuple["Account", ...]:
    """Return the account of that name, or all of them."""
    if name is None:
        return tuple(settings.accounts.values())
    if name not in settings.accounts:
        raise UsageError(f'there is no account "{name}"; configured are: {", ".join(settings.accounts)}')
    return (settings.accounts[name],)
