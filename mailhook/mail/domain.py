"""Domains: which organisation one belongs to, near enough without the public suffix list."""

# Second-level labels under which countries hand out names ("co.uk", "com.br").
_SECOND = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gouv", "go", "gv", "ltd", "me", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch"})  # fmt: skip


def organisational_domain(domain: str) -> str:
    """Return the registered domain above a domain, in lower case: `mail.acme.co.uk` gives `acme.co.uk`."""
    labels = a_label(domain).split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-keep:])


def a_label(domain: str) -> str:
    """Return a domain in lower case and in its A-label form (RFC 5890), or as it stands where it has none."""
    lower = domain.strip().rstrip(".").lower()
    if lower.isascii() or len(lower) > 255:
        return lower
    try:
        return lower.encode("idna").decode("ascii")
    except UnicodeError:
        return lower


def same_organisation(one: str, other: str) -> bool:
    """Say whether two domains belong to one organisation."""
    return bool(one and other) and organisational_domain(one) == organisational_domain(other)
