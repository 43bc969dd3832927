"""The configuration: a TOML file becomes frozen settings, or one error that lists every mistake with its key.

Read from `--config`, else `MAILHOOK_CONFIG`, else the platform's own place. The state folder, where the ledger lives, is
`MAILHOOK_STATE`, else the platform's own.
"""

import inspect
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PydanticUserError,
    TypeAdapter,
    ValidationError,
    create_model,
)
from pydantic_core import ErrorDetails

from mailhook.errors import ConfigError, UsageError
from mailhook.mail.message import Me
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.settings import VerdictSettings

LEDGER_FILE = "ledger.sqlite"
KEPT_IN = ("keyring", "env", "command", "file", "oauth")
WHERE_TO_KEEP_IT = (
    'write { keyring = true } and let "mailhook init" store it, or '
    '{ env = "NAME" }, { command = ["pass", "show", "mail"] } or { file = "path" }'
)

T = TypeVar("T")
Constructor = Callable[[str], Callable[..., Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One login.

    `settings` are keyword arguments for the connector's class, secrets left out; `secrets` says for each secret argument
    where it comes from, to be resolved by `mailhook.secret`. `authserv_id` is whose Authentication-Results to believe.
    """

    name: str
    connector: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    authserv_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """How mail is watched: `poll_minutes` between looks where the store cannot wake us, and beside it where it can; `remember_days`: how
    long the ledger remembers messages that needed no answer."""

    poll_minutes: Annotated[float, Field(ge=0.1, le=1440)] = 5.0
    remember_days: Annotated[int, Field(ge=15)] = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """How the person hears of a new draft or of a fault that needs them: on the desktop, or by a command of their own."""

    desktop: bool = False
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a person has set, with the defaults for what they have not."""

    path: Path | None
    state: Path
    me: Me
    accounts: Mapping[str, Account]
    reply: ReplySettings = field(default_factory=ReplySettings)
    verdict: VerdictSettings = field(default_factory=VerdictSettings)
    scan: ScanSettings = field(default_factory=ScanSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)

    @property
    def ledger(self) -> Path:
        """The ledger's file; it may not exist yet."""
        return self.state / LEDGER_FILE


def config_path(path: Path | None = None) -> Path:
    """Return where the configuration is, or would be."""
    if path is not None:
        return path.expanduser()
    if named := os.environ.get("MAILHOOK_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("mailhook", appauthor=False) / "config.toml"


def state_path() -> Path:
    """Return the folder where the ledger lives; it may not exist yet."""
    if named := os.environ.get("MAILHOOK_STATE"):
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("mailhook", appauthor=False)


def load(path: Path | None = None, *, constructor: Constructor | None = None) -> Config:
    """Read the configuration. Raise ConfigError with every mistake in it.

    `constructor` returns the class of the connector of that name (`mailhook.connector.connector_class`); where it is given, each
    account's own keys are checked against what that class takes.
    """
    where = config_path(path)
    return parse(_read(where), path=where, constructor=constructor)


def parse(text: str, *, path: Path | None = None, constructor: Constructor | None = None) -> Config:
    """Make settings of a configuration's text."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{_named(path)} is not valid TOML: {exc}") from exc
    mistakes: list[str] = []
    known = ("me", "accounts", "reply", "verdict", "scan", "notify")
    mistakes += [f"{key}: {_unknown(key, known)}" for key in table if key not in known]
    me = _section(_Me, table, "me", mistakes)
    accounts = dict(_accounts(table, constructor, mistakes))
    reply = _section(_model(ReplySettings), table, "reply", mistakes)
    verdict = _section(_model(VerdictSettings), table, "verdict", mistakes)
    scan = _section(_model(ScanSettings), table, "scan", mistakes)
    notify = _section(_model(NotifySettings), table, "notify", mistakes)
    if mistakes or not (me and reply and verdict and scan and notify):
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise ConfigError(f"{_named(path)} has {_count(len(mistakes))}:\n{listed}")
    return Config(
        path=path,
        state=state_path(),
        me=Me(name=me.name, addresses=me.addresses),
        accounts=MappingProxyType(accounts),
        reply=_settings(ReplySettings, reply),
        verdict=_settings(VerdictSettings, verdict),
        scan=_settings(ScanSettings, scan),
        notify=_settings(NotifySettings, notify),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f'there is no configuration at {path}; write one with "mailhook init", '
            'or try "mailhook demo", which needs none'
        ) from None
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read ({exc.strerror}); name another file with --config") from exc


def _named(path: Path | None) -> str:
    return str(path) if path is not None else "the configuration"


def _count(number: int) -> str:
    return "one mistake" if number == 1 else f"{number} mistakes"


# Sections ---------------------------------------------------------------------------------------------------------------------

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


def _address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>\"\x00-\x1f\x7f]+@[^\s@<>\"\x00-\x1f\x7f]+", value):
        raise ValueError(f'"{_shown(value)}" is not an address like alex@example.org')
    return value


def _not_empty(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("must name at least one of your addresses")
    return value


def _one_line(value: str) -> str:
    if not value.strip() or any(not char.isprintable() for char in value):
        raise ValueError("must be a name on one line")
    return value.strip()


class _Me(BaseModel):
    model_config = _STRICT
    name: Annotated[str, AfterValidator(_one_line)]
    addresses: Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], AfterValidator(_not_empty)]


@cache
def _model(kind: type) -> type[BaseModel]:
    """Make the model that checks a section from the settings that it fills."""
    hints = get_type_hints(kind, include_extras=True)
    shape: dict[str, Any] = {}
    for each in fields(kind):
        default = (
            each.default_factory()
            if each.default_factory is not MISSING
            else ...
            if each.default is MISSING
            else each.default
        )
        shape[each.name] = (hints[each.name], default)
    return create_model(kind.__name__, __config__=_STRICT, **shape)


def _settings(kind: type[T], model: BaseModel) -> T:
    return kind(**{name: getattr(model, name) for name in type(model).model_fields})


M = TypeVar("M", bound=BaseModel)


def _section(model: type[M], table: Mapping[str, Any], name: str, mistakes: list[str]) -> M | None:
    section = table.get(name, {})
    if not isinstance(section, dict):
        mistakes.append(f"{name}: must be a section, written as [{name}] on a line of its own")
        return None
    if name == "me" and name not in table:
        mistakes.append('me: is missing; add [me] with your name and addresses = ["you@example.org"]')
        return None
    try:
        return model.model_validate(_tuples(section))
    except ValidationError as exc:
        mistakes += [_sentence(name, error, tuple(model.model_fields)) for error in exc.errors()]
        return None


def _tuples(value: Any) -> Any:
    """Turn TOML's lists into tuples all the way down, so that settings are frozen."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


_MUST_BE = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in square brackets",
    "dict_type": "a table in braces",
    "model_type": "a table in braces",
    "model_attributes_type": "a table in braces",
    "dataclass_type": "a table in braces",
}


def _sentence(section: str, error: ErrorDetails, known: Sequence[str]) -> str:
    key = section
    for part in error["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}"
    kind = error["type"]
    if kind == "missing":
        return f"{key}: is missing"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{key}: {_unknown(str(error['loc'][-1]), known)}"
    if kind in _MUST_BE:
        return f"{key}: must be {_MUST_BE[kind]}, not {_kind(error['input'])}"
    if kind == "value_error":
        return f"{key}: {error['ctx']['error']}"
    if kind == "too_short":
        return f"{key}: must not be empty"
    message = error["msg"].removeprefix("Input ")
    return f"{key}: {message[:1].lower()}{message[1:]}"


def _unknown(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, n=1)
    return f'is not a setting; did you mean "{close[0]}"?' if close else "is not a setting"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"


def _shown(value: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in value[:80])


# Accounts ---------------------------------------------------------------------------------------------------------------------


def _accounts(
    table: Mapping[str, Any], constructor: Constructor | None, mistakes: list[str]
) -> Iterator[tuple[str, Account]]:
    section = table.get("accounts", {})
    if not isinstance(section, dict) or not section:
        mistakes.append(
            'accounts: is missing; add a section like [accounts.personal] with connector = "imap"'
        )
        return
    for name, entry in section.items():
        where = f"accounts.{_shown(name)}"
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
            mistakes.append(
                f"{where}: an account's name is made of letters, digits, dots, dashes and underscores"
            )
        elif not isinstance(entry, dict):
            mistakes.append(f"{where}: must be a section, written as [{where}] on a line of its own")
        else:
            found: list[str] = []
            account = _account(name, where, entry, found)
            if constructor is not None and isinstance(entry.get("connector"), str):
                found += _against_constructor(where, account, constructor)
            mistakes += found
            yield name, account


def _account(name: str, where: str, entry: Mapping[str, Any], mistakes: list[str]) -> Account:
    settings = {key: _tuples(value) for key, value in entry.items()}
    connector = settings.pop("connector", None)
    if connector is None:
        mistakes.append(f'{where}.connector: is missing; write connector = "imap", "gmail" or "maildir"')
    elif not isinstance(connector, str):
        mistakes.append(f"{where}.connector: must be text in quotes, not {_kind(connector)}")
    authserv_id = settings.pop("authserv_id", None)
    if not isinstance(authserv_id, str | None):
        mistakes.append(f"{where}.authserv_id: must be text in quotes, not {_kind(authserv_id)}")
    secrets: dict[str, Mapping[str, Any]] = {}
    for key, value in list(settings.items()):
        if key == "password" or (isinstance(value, dict) and set(value) & {*KEPT_IN}):
            del settings[key]
            secrets[key] = value if isinstance(value, dict) else {}
            if mistake := _secret_mistake(value):
                mistakes.append(f"{where}.{key}: {mistake}")
    return Account(
        name=name,
        connector=str(connector),
        settings=MappingProxyType(settings),
        secrets=MappingProxyType(secrets),
        authserv_id=authserv_id if isinstance(authserv_id, str) else None,
    )


def _secret_mistake(value: object) -> str | None:
    if isinstance(value, str):
        return f"must not stand here in plain text; {WHERE_TO_KEEP_IT}"
    table = value if isinstance(value, dict) else {}
    if len(named := set(table) & {*KEPT_IN}) != 1:
        return f"must name one place where the secret is kept; {WHERE_TO_KEEP_IT}"
    (source,) = named
    if others := sorted(set(table) - named - ({"token_file"} if source == "oauth" else set())):
        return f"{source} stands alone; take {others[0]} out"
    return _source_mistake(source, table)


def _source_mistake(source: str, table: Mapping[str, Any]) -> str | None:
    given = table[source]
    match source:
        case "keyring" if given is not True and not isinstance(given, str):
            return "keyring must be true, or the name of the entry in the keyring"
        case "env" | "file" if not isinstance(given, str) or not given:
            return f"{source} must be text in quotes, not {_kind(given) if given != '' else 'empty'}"
        case "command" if not _is_words(given):
            return 'command must be a list of words, as in ["pass", "show", "mail"]'
        case "oauth" if given not in ("google", "microsoft"):
            return 'oauth must be "google" or "microsoft"'
        case "oauth" if not isinstance(table.get("token_file", ""), str):
            return "token_file must be text in quotes"
    return None


def _is_words(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(word, str) for word in value)


def _against_constructor(where: str, account: Account, constructor: Constructor) -> Iterator[str]:
    """Say which keys the connector's class does not take, which it needs, and which hold the wrong kind of value."""
    try:
        built = constructor(account.connector)
    except UsageError as exc:
        yield f"{where}.connector: {exc}"
        return
    parameters = inspect.signature(built).parameters
    takes = [name for name, each in parameters.items() if each.kind in _NAMED]
    open_ended = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    given = [*account.settings, *account.secrets]
    if not open_ended:
        known = [*takes, "connector", "authserv_id"]
        yield from (f"{where}.{key}: {_unknown(key, known)}" for key in given if key not in takes)
    for name in takes:
        if parameters[name].default is inspect.Parameter.empty and name not in given:
            yield f"{where}.{name}: is missing"
    kinds = _parameter_kinds(built)
    for key, value in account.settings.items():
        if key in takes and key in kinds:
            yield from _wrong_kind(f"{where}.{key}", value, kinds[key])


_NAMED = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _parameter_kinds(built: Callable[..., Any]) -> Mapping[str, Any]:
    try:
        return get_type_hints(built.__init__ if inspect.isclass(built) else built)
    except (NameError, TypeError):  # annotations that only a type checker can follow
        return {}


def _wrong_kind(key: str, value: Any, kind: Any) -> Iterator[str]:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as exc:
        yield _sentence(key, exc.errors()[0] | {"loc": ()}, ())
    except PydanticUserError:  # a type that cannot be checked from outside; the connector itself has to
        return
