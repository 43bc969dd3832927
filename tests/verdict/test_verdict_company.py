"""The employer is who the message names, in full; never an office, a system, a person or a job title."""

import pytest

from mailhook.mail.message import Address, Message
from mailhook.verdict.company import read_company

Case = tuple[str, str, str, str, str, str | None]
CASES: list[Case] = [
    ("en", "The Headmaster's Office", "headmaster@stoberons.example", "Dear Ms Tan, thank you.", "", None),
    ("en", "Crewing Department", "crewing@aurelia.example", "Thank you for applying.", "", None),
    ("en", "Harrow & Finch Careers", "jobs@harrowfinch.example", "Thank you for applying.", "", "Harrow & Finch"),
    ("en", "Naukri", "info@naukri.com", "The recruiter at Sundara Pharma has viewed your application.", "", "Sundara Pharma"),
    ("en", "Jane Doe", "jane@aldermere.example", "No.", "Jane Doe\nUniversity of Aldermere", "University of Aldermere"),
    ("en", "Kev", "kev@ploverline.example", "It's a no from us. Kev", "", None),
    ("de", "Lena von Finnwerk", "lena@finnwerk.example", "Hey Jonas, leider nein.", "", "Finnwerk"),
    ("de", "Sabine Ott", "s.ott@kessler-foerdertechnik.example", "Leider nein.", "Sabine Ott\nPersonalreferentin\nKessler Fördertechnik GmbH | Industriestr. 14", "Kessler Fördertechnik GmbH"),
    ("nl", "Sanne Bakker", "sanne@tulp.example", "Helaas.", "Sanne Bakker\nTulp", "Tulp"),
    ("ru", "Клиника «Доктор Лапин»", "info@doktorlapin.example", "Место занято.", "", "Клиника «Доктор Лапин»"),
    ("zh", "云帆科技招聘", "hr@yunfan.example", "很遗憾。", "", "云帆科技"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name", "address", "text", "signature", "company"), CASES)
def test_the_employer_is_read_where_something_supports_it(
    code: str, name: str, address: str, text: str, signature: str, company: str | None
) -> None:
    """A name that nothing supports is not taken."""
    message = Message(
        text=text, signature=signature, subject="News", from_=(Address(name=name, address=address),)
    )
    found = read_company(message, code, None)
    assert (found.value if found else None) == company
