"""How the connection to an IMAP server is protected: TLS 1.2 or newer, certificate and host name checked, always."""

import ipaddress
import os
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Literal

from mailhook.errors import ConfigError

Security = Literal["tls", "starttls", "none"]


def checked_security(security: str, host: str) -> Security:
    """Return a way to protect the connection that is known and safe. Raise ConfigError for any other."""
    match security:
        case "tls" | "starttls":
            return security
        case "none":
            with suppress(ValueError):
                if host == "localhost" or ipaddress.ip_address(host).is_loopback:
                    return security
            raise ConfigError(
                f'security = "none" would send the password to {host} in plain text; it is only for this machine itself (127.0.0.1)'
            )
    raise ConfigError(f'security = "{security}" is unknown; write "tls", "starttls" or "none"')


def tls_context(ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext:
    """Return what TLS must fulfil; `ca_file` adds an authority to those that this machine trusts."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        path = Path(ca_file).expanduser()
        try:
            context.load_verify_locations(path)
        except OSError as exc:  # ssl.SSLError is one
            raise ConfigError(
                f'`ca_file` "{path}" is no readable certificate file in PEM form; correct it'
            ) from exc
    return context
