"""Which news a message brings, in a form that can be compared: company and role, folded."""

import re
import unicodedata

from mailhook.verdict.verdict import Fact, Facts

_LONGEST = 120
# Legal forms say nothing about who the employer is: "Acme GmbH" and "Acme" are one.
_LEGAL_FORM = re.compile(
    r" (?:inc|incorporated|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|pty|pte|pvt"
    r"|gmbh|mbh|ag|se|kg|kgaa|ug|ohg|gbr|sa|sas|sarl|sasu|sl|slu|srl|spa|snc|bv|nv|ab|as|asa|aps|oy|oyj"
    r"|sp z oo|kk|ltda|eireli|sti|group|holding)$"
)
# "(m/w/d)", "(H/F)", "(f/m/x)", "(all genders)": said to everybody.
_TO_EVERYBODY = re.compile(r"\((?:[a-z*](?:\s*[/|,]\s*[a-z*]){1,3}|all genders)\)", re.IGNORECASE)
# "S.r.l." and "Co." fold to "srl" and "co".
_SILENT = re.compile(r"(?<=\w)\.(?=\w|\s|,|$)|['’]")
_BETWEEN = re.compile(r"[\W_]+")


def company_key(facts: Facts) -> str | None:
    """Return one key for an employer however it is written, or None where none was read."""
    key = _folded(facts.company)
    while key != (shorter := _LEGAL_FORM.sub("", key)):
        key = shorter
    return key[:_LONGEST] or None


def role_key(facts: Facts) -> str | None:
    """Return one key for a role however it is written, or None where none was read."""
    return _folded(facts.role)[:_LONGEST] or None


def _folded(fact: Fact | None) -> str:
    if fact is None:
        return ""
    folded = unicodedata.normalize("NFKC", _TO_EVERYBODY.sub(" ", fact.value)).casefold()
    return _BETWEEN.sub(" ", _SILENT.sub("", folded)).strip()
