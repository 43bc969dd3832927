"""What people differ on about answers; `[reply]` in the configuration fills it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySettings:
    """The choices that etiquette leaves open, each with its default.

    `ask_again_after_months`: how long to wait before asking the same company again. `ask_known_person`: write to a person known from
    earlier mail of the application where the sender cannot be answered. `thank_without_contact`: thank a named person even
    where nobody ever spoke with the candidate. `ask_at_application`: ask one question even at the application stage where a named human wrote.
    `answer_japanese`: draft thanks for Japanese rejections, which custom leaves unanswered. `country`: ISO 3166 code for reading
    phone numbers without a prefix. `templates`: a folder of the person's own texts. `max_per_pass`: above so many drafts in one pass, ask first.
    `phone` and `postal_address` (lines, separated by newlines) are the candidate's own, for voice messages and letters only.
    """

    ask_again_after_months: int = 6
    ask_known_person: bool = False
    thank_without_contact: bool = True
    ask_at_application: bool = False
    answer_japanese: bool = False
    country: str | None = None
    templates: str | None = None
    max_per_pass: int = 20
    phone: str | None = None
    postal_address: str | None = None
