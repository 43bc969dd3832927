"""Providers of mail that `mailhook init` knows, from `providers.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, as `providers.toml` describes it; `host` is "" where it offers no IMAP."""

    name: str
    title: str
    auth: str
    domains: tuple[str, ...] = ()
    host: str = ""
    port: int = 993
    security: str = "tls"
    user: str = "address"
    oauth: str | None = None
    api: str | None = None
    drafts: str | None = None
    password_url: str | None = None
    authserv_id: str | None = None
    notes: tuple[str, ...] = ()

    def login(self, address: str) -> str:
        """Return what to log in with for an address."""
        return address.partition("@")[0] if self.user == "local" else address


@cache
def providers() -> tuple[Provider, ...]:
    """Return every provider known."""
    text = files("mailhook.cli").joinpath("providers.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, Any]] = tomllib.loads(text)["providers"]
    return tuple(Provider(name=name, **_tuples(entry)) for name, entry in known.items())


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def provider_of(address: str) -> Provider | None:
    """Return the provider of an address by its domain, or None."""
    domain = address.rpartition("@")[2].lower()
    for provider in providers():
        for pattern in provider.domains:
            if domain == pattern or (pattern.startswith("*.") and domain.endswith(pattern[1:])):
                return provider
    return None
