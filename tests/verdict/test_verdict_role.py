"""In languages that name a job before its place, the place is not taken for the job."""

import pytest

from mailhook.mail.message import Message
from mailhook.verdict.role import read_role


@pytest.mark.parametrize(
    ("code", "text", "role"),
    [
        ("fr", "Merci pour l'entretien pour le poste d'archiviste au Musée de Rivecourt.", "archiviste"),
        (
            "fr",
            "Votre candidature au poste de Directeur des ventes pour la région Ouest.",
            "Directeur des ventes",
        ),
        ("fr", "Votre candidature au poste de Chargé de mission.", "Chargé de mission"),
    ],
)
def test_the_job_stands_before_its_place(code: str, text: str, role: str) -> None:
    """What follows the first word that joins sentences is left out."""
    found = read_role(Message(text=text), code)
    assert found is not None
    assert found.value == role
