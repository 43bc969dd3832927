"""What an address says about who reads it: nobody, a team, or a person; and which organisation it belongs to."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from mailhook.mail.address import is_address
from mailhook.mail.domain import organisational_domain
from mailhook.mail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country by its ISO 3166 code, and its time zone where it has one ("" where it has several)."""

    region: str
    zone: str


@lru_cache(maxsize=1)
def tables() -> dict[str, Any]:
    """Return the lists of senders.toml."""
    return tomllib.loads(files("mailhook.reply").joinpath("senders.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    t = tables()
    return {
        "dead": frozenset(t["dead"]["exactly"]),
        "role": frozenset(t["role"]["exactly"]),
        "words": frozenset(t["role"]["words"]),
        "titles": frozenset(t["titles"]["before"]),
        "shared": frozenset(t["shared"]["domains"]),
        "relay": frozenset(t["relay"]["domains"]),
        "hosts": frozenset(t["dead"]["hosts"]),
    }


def is_dead(address: Address) -> bool:
    """Say whether nobody reads mail to this address, by its local part, its domain or its display name."""
    dead = tables()["dead"]
    bare = _bare(address)
    labels = address.domain.split(".")
    reserved = (labels[0] == "example" and len(labels) == 2) or labels[-1] == "invalid"
    return (
        reserved
        or under(address.domain, dead["domains"])
        or bool(_sets()["hosts"].intersection(labels[:-1]))
        or address.local.startswith(tuple(dead["begins"]))
        or any(word in bare for word in dead["contains"])
        or bare.rstrip("0123456789") in _sets()["dead"]
        or _tag(address) in {"autoreply", "noreply"}
        or re.search(dead["names"], address.name) is not None
    )


def is_role(address: Address) -> bool:
    """Say whether this is a team's address rather than a person's. It is alive."""
    if _bare(address).rstrip("0123456789") in _sets()["role"]:
        return True
    tokens = re.split(r"[._-]", address.local.partition("+")[0])
    return bool(_sets()["role"].intersection(tokens)) and not is_persons_name(address.name)


def is_personal(address: Address) -> bool:
    """Say whether this is likely one person's own address."""
    return not is_dead(address) and not is_role(address)


def is_persons_name(name: str) -> bool:
    """Say whether a display name looks like a person's: two to four capitalised words, none of them a team's or a firm's; or a name as East Asia has it."""
    if is_east_asian_name(name):
        return True
    words = name.replace(",", " ").split()
    return (
        2 <= len(words) <= 4
        and not is_teams_name(name)
        and all(word[0].isupper() and not any(c.isdigit() for c in word) for word in words)
    )


def is_east_asian_name(name: str) -> bool:
    """Say whether a name written in Han characters, kana or hangul is a person's: it begins with a common family name, and ends in no word for a firm or an office."""
    whole = "".join(name.split())
    if not re.fullmatch(r"[一-鿿々]{2,6}|[一-鿿々]{1,4}[ぁ-ヿ]{1,4}|[가-힣]{2,4}", whole):
        return False
    script = "hangul" if whole[0] >= "가" else "han"
    names = tables()["names"]
    longest = 4 if script == "hangul" or not whole.startswith(tuple(names["japanese"])) else 6
    family = whole.startswith(tuple(names["japanese"])) or whole[0] in names[script]
    return family and len(whole) <= longest and not whole.endswith(tuple(names["no_person"]))


def is_teams_name(name: str) -> bool:
    """Say whether a name holds a word that names a team, a firm or an office rather than a person."""
    return any(word.strip(".,()").lower() in _sets()["words"] for word in name.split())


def without_titles(name: str) -> str:
    """Return a name without the posts and closing words that stand before it: "Forstander Claus Dam"."""
    words = name.split()
    while len(words) > 2 and words[0].strip(".,").casefold() in _sets()["titles"]:
        words.pop(0)
    return " ".join(words)


def is_writable(address: Address) -> bool:
    """Say whether an answer can be addressed there at all: one addr-spec, its local part in ASCII."""
    return is_address(address.address) and address.local.isascii() and "." in address.domain


def is_shared(domain: str) -> bool:
    """Say whether a domain gives addresses to anybody, as free mail does."""
    return organisational_domain(domain) in _sets()["shared"] or domain in _sets()["shared"]


def is_relay(domain: str) -> bool:
    """Say whether a domain belongs to a system that carries answers on to people."""
    return under(domain, _sets()["relay"])


def under(domain: str, ends: "frozenset[str] | list[str] | tuple[str, ...]") -> bool:
    """Say whether a domain is one of these or lies under one."""
    labels = domain.lower().split(".")
    return any(".".join(labels[at:]) in ends for at in range(len(labels)))


def place(domain: str) -> Place | None:
    """Return the country that a domain's end names, or None."""
    row = tables()["places"].get(domain.lower().rpartition(".")[2])
    return Place(region=row[0], zone=row[1]) if row else None


def _bare(address: Address) -> str:
    return re.sub(r"[._-]", "", address.local.partition("+")[0])


def _tag(address: Address) -> str:
    return re.sub(r"[._-]", "", address.local.partition("+")[2])
