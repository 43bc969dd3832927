"""`mailhook templates`: the texts that answers are made of, mailhook's and your own, and whether they are in order."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, load_config_if_any
from mailhook.cli.show import clean_line, line

if TYPE_CHECKING:
    from collections.abc import Sequence


def templates(
    context: typer.Context,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Render every text for every purpose, stage, channel and form of address, and check its tone and length.",
        ),
    ] = False,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", metavar="CODE", help="Only this language; repeat for more.", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """List the languages and texts that answers are made of, your own in place of mailhook's, and check them.

    Your own stand in the folder that [reply] templates names, as in ~/texts/en/feedback.j2. Exit status of --check: 1 where something
    is wrong. Broken texts of your own also stop a scan before it begins.

    \b
    Examples:
      mailhook templates
      mailhook templates --check
      mailhook templates --check --language en
    """
    from mailhook.reply.language import language_codes

    settings = load_config_if_any(context, config)
    folder = settings.reply.templates if settings else None
    codes = _chosen(language_codes(folder), language)
    if not check:
        _list(folder, codes)
    elif not _check(folder, codes):
        raise typer.Exit(1)


def _chosen(codes: "Sequence[str]", wanted: list[str] | None) -> "Sequence[str]":
    from mailhook.errors import UsageError

    for code in wanted or ():
        if code not in codes:
            raise UsageError(
                f'there are no texts in the language "{clean_line(code)}"; there are: {", ".join(codes)}'
            )
    return wanted or codes


def _list(folder: str | None, codes: "Sequence[str]") -> None:
    from mailhook.reply.check import own_texts
    from mailhook.reply.language import load_language
    from mailhook.reply.texts import names_of

    own = {each for each in own_texts(folder) if each.partition("/")[0] in codes}
    for code in codes:
        language = load_language(code, folder)
        names = [name.removesuffix(".j2") for name in names_of(language, folder)]
        line(f"{code:6} {clean_line(language.name)}: {', '.join(names)}")
    if folder is None:
        line('All of them are mailhook\'s. Your own go into a folder named by [reply] templates = "~/texts".')
    else:
        line(f"Yours, from {folder}: {', '.join(sorted(own)) or 'none'}")


def _check(folder: str | None, codes: "Sequence[str]") -> bool:
    from mailhook.cli.texts import finding_line
    from mailhook.reply.check import check_templates

    found = check_templates(folder, codes)
    for each in found:
        line(finding_line(each))
    if not found:
        line(f"all texts are in order: {', '.join(codes)}")
    return not found
