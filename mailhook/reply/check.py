"""Check texts before anybody relies on them: each is rendered for every purpose, stage and form of address, and its tone is checked."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailhook.errors import TemplateError
from mailhook.reply import texts
from mailhook.reply.compose import LIMITS, fits
from mailhook.reply.language import FORMS, Language, language_codes, load_language, roots
from mailhook.reply.tone import check_tone

REQUIRED = ("accept", "call", "feedback", "given", "keep_in_touch", "text", "thanks", "voicemail")
BODIES = ("accept", "feedback", "given", "keep_in_touch", "thanks")
STAGES = ("application", "screen", "assessment", "interview", "final", "unknown")
WORDINGS = 6

# Every name that a text may use, with the value it has where the mailbox tells nothing.
NAMES: Mapping[str, Any] = {
    "purpose": "feedback",
    "channel": "email",
    "stage": "interview",
    "kind": "not_selected",
    "formal": True,
    "contact": True,
    "no_feedback": False,
    "indirect": False,
    "thanked": False,
    "day": "",
    "role": "",
    "company": "",
    "recruiter": "",
    "first": "",
    "me": "Alex Morgan",
    "greeting": "",
    "number": "+44 20 7946 0018",
    "my_number": "",
    "zone": "",
}
_KNOWN = {
    "day": "3 March",
    "role": "Data Engineer",
    "company": "Acme Ltd",
    "recruiter": "Jane Roe",
    "first": "Jane",
    "my_number": "+44 20 7946 0019",
    "zone": "London",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFinding:
    """One thing wrong with a text: its file, the line (0 where no line can be named), the variable concerned or "", and the problem in words."""

    file: str
    line: int
    variable: str
    problem: str


def check_templates(
    templates: str | None = None, languages: Sequence[str] | None = None
) -> tuple[TextFinding, ...]:
    """Return what is wrong with the texts of these languages, or with all of them, each thing once.

    `templates` is the person's own folder, whose texts stand before mailhook's.
    """
    found: dict[TextFinding, None] = {}
    for code in languages if languages is not None else language_codes(templates):
        try:
            language = load_language(code, templates)
        except TemplateError as exc:
            found[TextFinding(file=f"{code}/language.toml", line=0, variable="", problem=str(exc))] = None
            continue
        found |= dict.fromkeys(_check(language, templates))
    return tuple(found)


def own_texts(templates: str | None) -> tuple[str, ...]:
    """Return the person's own texts, as "LANGUAGE/NAME", sorted."""
    if templates is None:
        return ()
    folder = Path(templates).expanduser()
    return tuple(
        sorted(
            f"{file.parent.name}/{file.name}"
            for file in folder.glob("*/*.*")
            if file.suffix in {".j2", ".toml"}
        )
    )


def broken_texts(templates: str | None) -> tuple[TextFinding, ...]:
    """Return what can be seen to be wrong with the person's own texts without rendering them: quick enough to ask before every scan."""
    names: dict[str, list[str]] = {}
    for code, _, name in (each.partition("/") for each in own_texts(templates)):
        names.setdefault(code, []).append(name)
    found: list[TextFinding] = []
    for code, own in names.items():
        try:
            language = load_language(code, templates)
        except TemplateError as exc:
            found.append(TextFinding(file=f"{code}/language.toml", line=0, variable="", problem=str(exc)))
            continue
        found += (f for name in own if name.endswith(".j2") for f in _source(language, name, templates))
    return tuple(found)


def _check(language: Language, templates: str | None) -> Iterator[TextFinding]:
    names = texts.names_of(language, templates)
    for missing in sorted({f"{name}.j2" for name in REQUIRED}.difference(names)):
        yield TextFinding(
            file=f"{language.code}/{missing}", line=0, variable="", problem="there is no such text"
        )
    broken = set()
    for name in names:
        for finding in _source(language, name, templates):
            broken.add(name)
            yield finding
    for name in (f"{name}.j2" for name in REQUIRED):
        if name in names and name not in broken:
            yield from _renderings(language, name, templates)


def _source(language: Language, name: str, templates: str | None) -> Iterator[TextFinding]:
    """Find what can be seen without rendering: syntax, names that no text may use, blocks that replace nothing."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    source, path = texts.source_of(language, name, templates)
    shown = _shown(path, language, name)
    try:
        tree = texts.parse(language, name, source, templates)
    except TemplateSyntaxError as exc:
        yield TextFinding(file=shown, line=exc.lineno, variable="", problem=exc.message or "syntax error")
        return
    unknown = meta.find_undeclared_variables(tree) - NAMES.keys() - _set_in(language, tree)
    for variable in sorted(unknown):
        line = next((n.lineno for n in tree.find_all(nodes.Name) if n.name == variable), 0)
        yield TextFinding(
            file=shown,
            line=line,
            variable=variable,
            problem=f'there is no value "{variable}"; there are: {", ".join(sorted(NAMES))}',
        )
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const) and str(parent.template.value).startswith(texts.SHIPPED):
            yield from _lost_blocks(language, tree, str(parent.template.value), shown)


def _set_in(language: Language, tree: Any) -> set[str]:
    """Return the names that a text, or the shipped one that it extends, sets itself."""
    from jinja2 import nodes

    trees = [tree]
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            name = str(parent.template.value).removeprefix(texts.SHIPPED)
            try:
                trees.append(texts.parse(language, name, texts.source_of(language, name, None)[0], None))
            except TemplateError:
                continue  # rendering says that there is no such text
    assigned = (
        target
        for one in trees
        for assign in one.find_all(nodes.Assign)
        for target in assign.find_all(nodes.Name)
    )
    return {target.name for target in assigned if target.ctx == "store"}


def _lost_blocks(language: Language, tree: Any, parent: str, shown: str) -> Iterator[TextFinding]:
    from jinja2 import nodes

    try:
        source, _ = texts.source_of(language, parent.removeprefix(texts.SHIPPED), None)
    except TemplateError:
        return  # rendering says that there is no such text
    above = {block.name for block in texts.parse(language, parent, source, None).find_all(nodes.Block)}
    for block in tree.find_all(nodes.Block):
        if block.name not in above:
            yield TextFinding(
                file=shown,
                line=block.lineno,
                variable=block.name,
                problem=f'{parent} has no block "{block.name}"; it has: {", ".join(sorted(above))}',
            )


def _renderings(language: Language, name: str, templates: str | None) -> Iterator[TextFinding]:
    _, path = texts.source_of(language, name, templates)
    shown = _shown(path, language, name)
    seen: set[tuple[str, str, str]] = set()
    for values, seed in _samples(language, name.removesuffix(".j2")):
        try:
            body = texts.render(language, name, values, seed=seed, templates=templates)
        except TemplateError as exc:
            line, variable = _line_and_variable(str(exc))
            yield TextFinding(file=shown, line=line, variable=variable, problem=str(exc))
            return
        case = (body, values["stage"], values["channel"])
        if case in seen:
            continue
        seen.add(case)
        yield from _tone(body, values, language, shown)
        yield from _length(body, values, language, shown)


def _tone(body: str, values: Mapping[str, Any], language: Language, shown: str) -> Iterator[TextFinding]:
    named = [str(values[name]) for name in (*_KNOWN, "me", "number") if values[name]]
    for one in check_tone(body, language.code, stage=values["stage"], names=named):
        yield TextFinding(
            file=shown,
            line=0,
            variable="",
            problem=f'{one.id}, {one.level}: "{one.quote}" {one.why}; better: {one.better}',
        )


def _length(body: str, values: Mapping[str, Any], language: Language, shown: str) -> Iterator[TextFinding]:
    channel = values["channel"]
    if not fits(body, channel, language):
        most = language.length.most(channel)
        yield TextFinding(
            file=shown,
            line=0,
            variable="",
            problem=f"{language.length.of(body)} {language.length.unit} and {len(body)} characters in all by {channel}, "
            f"where at most {most or 'any number of'} {language.length.unit} and {LIMITS[channel] or 'any number of'} characters in all go",
        )


def _samples(language: Language, name: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the values of believable cases, each with several seeds, so that every wording is seen."""
    purposes = (name,) if name in BODIES else BODIES
    channels = {"text": ("text",), "call": ("call",), "voicemail": ("call",)}.get(
        name, ("email", "letter", "portal")
    )
    for purpose, channel, stage, form, known, number in itertools.product(
        purposes, channels, STAGES, FORMS, (True, False), range(WORDINGS)
    ):
        if form not in language.greetings:
            continue
        contact = stage not in {"application", "unknown"}
        values = {
            **NAMES,
            **(_KNOWN if known else {}),
            "purpose": purpose,
            "channel": channel,
            "stage": stage,
            "formal": form == "formal",
            "contact": contact,
            "thanked": contact and number % 2 == 1,
            "indirect": contact and number % 6 == 5,
            "no_feedback": purpose == "thanks" and number % 3 == 0,
            "kind": "filled" if number % 3 == 1 else "not_selected",
            "greeting": language.greetings[form].nobody,
        }
        if not contact:
            values["day"] = ""
        yield values, f"{number}-{stage}"


def _shown(path: str, language: Language, name: str) -> str:
    """Return the path of a person's own file, and "LANGUAGE/NAME" of a shipped one."""
    shipped = str(roots(None)[0])
    return f"{language.code}/{name}" if path.startswith(shipped) else path


def _line_and_variable(problem: str) -> tuple[int, str]:
    line = re.search(r"line (\d+)", problem)
    variable = re.search(r"'(\w+)' is undefined|no attribute '(\w+)'", problem)
    return int(line[1]) if line else 0, next((g for g in variable.groups() if g), "") if variable else ""
