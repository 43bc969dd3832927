"""The texts of a language: Jinja2 templates in a sandbox, one file for each text, overridden by name from the person's folder.

Only values reach a template; nothing from a mail is ever template source. Two things are ours: the tag
`{% either %} … {% or %} … {% endeither %}` says one of several wordings, the same one each time for the same message;
and line breaks do not matter within a paragraph, so that texts can be written one sentence a line.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from mailhook.errors import TemplateError
from mailhook.reply.language import Language, roots, stamp

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import Template as Tree

SHIPPED = "shipped/"
LONGEST = 20_000


def render(
    language: Language, name: str, values: Mapping[str, Any], *, seed: str, templates: str | None
) -> str:
    """Return the text that a template gives for these values. Raise TemplateError with its name, line and variable."""
    from jinja2 import TemplateError as Broken

    environment = environment_for(language.folders, templates)
    try:
        return settle(environment.get_template(name).render({**values, "variation": seed}))
    except Broken as exc:
        raise TemplateError(_where(exc, language, name)) from exc
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ) as exc:
        raise TemplateError(f"{language.code}/{name}: {type(exc).__name__}: {exc}") from exc


def names_of(language: Language, templates: str | None) -> tuple[str, ...]:
    """Return the names of all texts of a language, sorted."""
    return tuple(
        sorted(n for n in environment_for(language.folders, templates).list_templates() if "/" not in n)
    )


def source_of(language: Language, name: str, templates: str | None) -> tuple[str, str]:
    """Return a text's source and where it lies. Raise TemplateError where there is none."""
    for root in roots(templates):
        for folder in language.folders:
            file = root.joinpath(folder, name)
            if file.is_file():
                return file.read_text(encoding="utf-8"), str(file)
    raise TemplateError(f"{language.code}/{name}: there is no such text")


def parse(language: Language, name: str, source: str, templates: str | None) -> "Tree":
    """Return the syntax tree of a text. Raise jinja2's TemplateSyntaxError."""
    return environment_for(language.folders, templates).parse(source, name=name)


def settle(text: str) -> str:
    """Join the lines of each paragraph, keep lines of a list apart, and put one empty line between paragraphs."""
    if len(text) > LONGEST:
        raise ValueError(f"a text of {len(text)} characters")
    paragraphs = (_joined(part) for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")))
    joined = "\n\n".join(part for part in paragraphs if part)
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", joined)  # "Ginestra S.p.A." ends its sentence too


def _joined(paragraph: str) -> str:
    result = ""
    for line in (_spaced(line) for line in paragraph.split("\n")):
        if not line:
            continue
        if not result:
            result = line
        elif line.startswith(("- ", "* ")) or result.endswith("|"):
            result = f"{result.removesuffix('|').rstrip()}\n{line}"
        else:
            result += line if _wide(result[-1]) and _wide(line[0]) else f" {line}"
    return result.removesuffix("|").rstrip()


def _spaced(line: str) -> str:
    """Return a line with single spaces; one before `?` or inside « » never breaks, as French wants it, and neither does one written so."""
    return re.sub(r" (?=[?!:;»])|(?<=«) ", "\u00a0", re.sub(r"[ \t]+", " ", line).strip(" "))


def _wide(character: str) -> bool:
    """Say whether a character belongs to a script written without spaces. Hangul is wide but spaced."""
    return unicodedata.east_asian_width(character) in "WF" and not "가" <= character <= "힣"


def environment_for(folders: tuple[str, ...], templates: str | None) -> "Environment":
    """Return the sandbox in which the texts of these folders are rendered; `shipped/NAME` is mailhook's own text of a name."""
    return _environment(folders, templates, stamp(templates))


@lru_cache(maxsize=64)
def _environment(folders: tuple[str, ...], templates: str | None, _: object) -> "Environment":
    from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Loader(BaseLoader):
        """Look in the person's folder first, then in the texts that come with mailhook."""

        def get_source(self, _: "Environment", template: str) -> tuple[str, str | None, None]:
            own = not template.startswith(SHIPPED)
            name = template.removeprefix(SHIPPED)
            for file in _files(name, own=own):
                return file.read_text(encoding="utf-8"), str(file), None
            raise TemplateNotFound(template)

        def list_templates(self) -> list[str]:
            found = {file.name for file in _folders(own=True) for file in file.iterdir()}
            return sorted(name for name in found if name.endswith(".j2"))

    def _folders(*, own: bool) -> Iterator[Traversable]:
        for root in roots(templates) if own else roots(None):
            yield from (root.joinpath(code) for code in folders if root.joinpath(code).is_dir())

    def _files(name: str, *, own: bool) -> Iterator[Traversable]:
        if re.fullmatch(r"[a-z0-9_-]+\.j2", name):
            yield from (f.joinpath(name) for f in _folders(own=own) if f.joinpath(name).is_file())

    return ImmutableSandboxedEnvironment(
        loader=Loader(),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_either()],
        auto_reload=False,
    )


def _either() -> type:
    from jinja2 import nodes
    from jinja2.ext import Extension
    from jinja2.parser import Parser
    from jinja2.runtime import Context

    class Either(Extension):
        """One of several wordings, chosen by the message."""

        tags = {"either"}  # noqa: RUF012 - jinja2 declares it so

        def parse(self, parser: Parser) -> nodes.Node:
            line = next(parser.stream).lineno
            wordings = [parser.parse_statements(("name:or", "name:endeither"))]
            while next(parser.stream).value == "or":
                wordings.append(parser.parse_statements(("name:or", "name:endeither")))
            count = getattr(parser, "eithers", 0)
            setattr(parser, "eithers", count + 1)  # noqa: B010 - a place to count in, alive as long as the parsing
            key = f"{parser.name}:{count}"
            result: list[nodes.Node] = wordings[-1]
            for number in reversed(range(len(wordings) - 1)):
                arguments: list[nodes.Expr] = [
                    nodes.ContextReference(),
                    nodes.Const(key),
                    nodes.Const(len(wordings)),
                    nodes.Const(number),
                ]
                test = self.call_method("chosen", arguments)
                result = [nodes.If(test, wordings[number], [], result, lineno=line)]
            return nodes.Scope(result, lineno=line)

        def chosen(self, context: Context, key: str, count: int, number: int) -> bool:
            digest = hashlib.sha256(f"{context.resolve('variation')}\n{key}".encode()).digest()
            return int.from_bytes(digest[:8]) % count == number

    return Either


def _where(exc: Exception, language: Language, name: str) -> str:
    """Say which file and line is broken, from the template frames of the traceback."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    if isinstance(exc, TemplateNotFound):
        return f"{language.code}/{exc.name}: there is no such text"
    if isinstance(exc, TemplateSyntaxError):
        return f"{language.code}/{exc.name or name}, line {exc.lineno}: {exc.message}"
    line, trace = 0, exc.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            line = trace.tb_lineno
            name = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
        trace = trace.tb_next
    return f"{language.code}/{name}, line {line}: {exc}"
