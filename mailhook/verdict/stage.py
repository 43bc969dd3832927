"""How far an application had come: from the text, and from what was sent before.

The mailbox decides whether an interview happened, the text which round it was. `unknown` is an answer.
"""

from collections.abc import Sequence

from mailhook.mail.message import Me, Message
from mailhook.verdict.rules import Hit
from mailhook.verdict.verdict import Stage


def read_stage(
    message: Message, hits: Sequence[Hit], conversation: Sequence[Message], me: Me | None
) -> Stage:
    """Give the stage that the text's cues and the conversation show."""
    roles = {hit.shape.role.removeprefix("stage.") for hit in hits}
    for stage in ("final", "interview", "assessment", "screen", "application"):
        if stage in roles:
            return stage  # type: ignore[return-value]
    return "unknown"
