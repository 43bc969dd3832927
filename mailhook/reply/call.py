"""Telephone numbers: read one from what they wrote, say it in international form, and know the time of day there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A telephone number in international form ("+49 30 901820"), and its time zone where the number has one."""

    international: str
    zone: str | None


def find_number(text: str, region: str | None) -> Number | None:
    """Return the first valid number in a text, read as in that country where it carries no prefix; None where there is none.

    A number without a prefix is not read where the country is not known, since it would be a guess.
    """
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(text[:20_000], region or "ZZ"):
        parsed = match.number
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return Number(international=written, zone=_zone(parsed))
    digits = "".join(c for c in text if c.isdigit() or c == "+")
    if digits.startswith("+") and digits[1:].isdigit():
        try:
            parsed = phonenumbers.parse(digits, None)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(parsed):
            written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            return Number(international=written, zone=_zone(parsed))
    return None


def zone_name(zone: str) -> str:
    """Return how people call a time zone: its city."""
    return zone.rpartition("/")[2].replace("_", " ")


def _zone(number: "PhoneNumber") -> str | None:
    from phonenumbers import timezone

    zones = [zone for zone in timezone.time_zones_for_number(number) if zone != "Etc/Unknown"]
    return zones[0] if len(zones) == 1 else None
