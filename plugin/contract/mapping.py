"""A mapping, written as TOML by a person, compiled into a function from a record (a row, a JSON body) to events."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.contract.event import Event, Kind
from plugin.contract.mapping_field import (
    Constant,
    Language,
    Read,
    ReadText,
    Surroundings,
    as_text,
    data_field,
    text_field,
    time_field,
)
from plugin.contract.payload import BadPayload

#: keys of a mapping that every adapter with mappings understands; an adapter adds its own
TOP_KEYS = frozenset({"time_format", "timezone", "skip_when", "id", "tables", "defaults", "events"})
WORD_FIELDS = ("subject", "channel", "direction", "queue", "agent", "customer")
DEFAULT_KEYS = frozenset({"at", "data", *WORD_FIELDS})
EVENT_KEYS = DEFAULT_KEYS | {"when", "kind", "plus", "order", "dedupe_key"}
KINDS: Mapping[str, Kind] = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Fields of an event that are texts: those that are the same for all records, and those to be read."""

    constant: Mapping[str, str | None]
    read: tuple[tuple[str, ReadText], ...]

    def of(self, record: Any) -> dict[str, str | None]:
        return {**self.constant, **{name: read(record) for name, read in self.read}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One `[[events]]`, without what it takes from `[defaults]`; every function takes a record."""

    path: str
    when: Callable[[Any], bool] | None
    kind: ReadText
    #: where the kind is a constant
    fixed_kind: Kind | None
    at: Callable[[Any], datetime | None] | None
    plus: tuple[Read, ...]
    dedupe_key: ReadText | None
    order: Read | None
    words: Words | None
    data: tuple[tuple[str, Read], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """A compiled mapping. What `[defaults]` says is read once for all the events of a record."""

    document: Mapping[str, Any]
    skip: Callable[[Any], bool] | None
    identity: ReadText | None
    at: Callable[[Any], datetime | None] | None
    words: Words
    rules: tuple[Rule, ...]


def read_mapping(text: str, own_keys: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The document, its top-level keys checked; raises `BadPayload` whose path begins with `mapping`."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadPayload("mapping", f"not TOML: {error}") from None
    _only_known(document, "mapping", TOP_KEYS | own_keys)
    if not isinstance(document.get("events"), list) or not document["events"]:
        raise BadPayload("mapping.events", "at least one [[events]] expected")
    return document


def compile_mapping(document: Mapping[str, Any], language: Language) -> Rules:
    """Raises `BadPayload` whose path is the key of the mapping that is wrong."""
    around = _surroundings(document, language)
    defaults = _table(document, "defaults", "mapping")
    _only_known(defaults, "mapping.defaults", DEFAULT_KEYS)
    identity = document.get("id")
    return Rules(
        document=document,
        skip=_condition(document.get("skip_when"), "mapping.skip_when", language),
        identity=None if identity is None else text_field(identity, "id", "mapping.id", around),
        at=_at(defaults, "mapping.defaults", around),
        words=_words(defaults, "mapping.defaults", around),
        rules=tuple(
            _rule(entry, f"mapping.events[{index}]", defaults, around) for index, entry in enumerate(document["events"])
        ),
    )


def events_of(rules: Rules, record: Any, fallback_key: Callable[[], str]) -> list[Event]:
    """The events of one record; `fallback_key` identifies a record for which the mapping declares no `id`."""
    if rules.skip and rules.skip(record):
        return []
    found: list[Event] = []
    shared: Shared | None = None
    for rule in rules.rules:
        if (rule.when and not rule.when(record)) or (kind := rule.fixed_kind or _kind(rule, record)) is None:
            continue
        if shared is None:
            shared = _shared(rules, record, fallback_key)
        found.append(_event(rule, record, kind, shared))
    return found


@dataclass(kw_only=True, slots=True)
class Shared:
    """What all events of one record have in common, read when the first of them is made."""

    words: Mapping[str, str | None]
    at: datetime | None
    identity: str
    keys: list[str]


def _shared(rules: Rules, record: Any, fallback_key: Callable[[], str]) -> Shared:
    identity = rules.identity(record) if rules.identity else None
    return Shared(
        words=rules.words.of(record),
        at=rules.at(record) if rules.at else None,
        identity=identity or fallback_key(),
        keys=[],
    )


def _event(rule: Rule, record: Any, kind: Kind, shared: Shared) -> Event:
    at = rule.at(record) if rule.at else shared.at
    if at is None:
        raise BadPayload(f"{rule.path}.at", "empty for this record")
    words = {**shared.words, **rule.words.of(record)} if rule.words else shared.words
    if words["subject"] is None:
        raise BadPayload(f"{rule.path}.subject", "empty for this record")
    if kind is Kind.AGENT_STATE:
        words = {**words, "agent": words["subject"]}  # the state is the agent's own, docs/events.md
    order = rule.order(record) if rule.order else 0
    return Event(
        kind=kind,
        at=_later(at, rule, record) if rule.plus else at,
        dedupe_key=(rule.dedupe_key and rule.dedupe_key(record)) or _key(shared, kind),
        order=order if isinstance(order, int) else 0,
        data={name: value for name, read in rule.data if (value := read(record)) is not None},
        **words,  # type: ignore[arg-type]  # the subject is there
    )


def _key(shared: Shared, kind: Kind) -> str:
    """The record's identity and the kind, with a number where a kind comes twice."""
    key = f"{shared.identity}:{kind}"
    keys = shared.keys
    keys.append(key)
    return key if key not in keys[:-1] else f"{key}:{keys.count(key)}"


def _kind(rule: Rule, record: Any) -> Kind | None:
    word = rule.kind(record)
    if word is None:
        return None
    if word in KINDS:
        return KINDS[word]
    raise BadPayload(
        f"{rule.path}.kind", "gives a word that is no kind of event; list the words you want under `values`"
    )


def _later(at: datetime, rule: Rule, record: Any) -> datetime:
    seconds = 0.0
    for read in rule.plus:
        value = read(record)
        seconds += value if isinstance(value, (int, float)) else 0
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        raise BadPayload(f"{rule.path}.plus", "too many seconds") from None


def _surroundings(document: Mapping[str, Any], language: Language) -> Surroundings:
    time_format, timezone = document.get("time_format", "iso"), document.get("timezone")
    for name, value in (("time_format", time_format), ("timezone", timezone)):
        if not isinstance(value, str | None):
            raise BadPayload(f"mapping.{name}", "a text expected")
    tables = _table(document, "tables", "mapping")
    checked = {name: _table(tables, name, "mapping.tables") for name in tables}
    return Surroundings(language=language, time_format=time_format, timezone=timezone, tables=checked)


def _rule(entry: object, path: str, defaults: Mapping[str, Any], around: Surroundings) -> Rule:
    if not isinstance(entry, dict):
        raise BadPayload(path, "a table expected")
    _only_known(entry, path, EVENT_KEYS)
    for name in ("kind", "at", "subject"):
        if name not in entry and (name == "kind" or name not in defaults):
            raise BadPayload(f"{path}.{name}", "missing")
    kind = _kind_field(entry["kind"], f"{path}.kind", around)
    data = {**_table(defaults, "data", "mapping.defaults"), **_table(entry, "data", path)}
    return Rule(
        path=path,
        when=_condition(entry.get("when"), f"{path}.when", around.language),
        kind=kind,
        fixed_kind=KINDS.get(str(kind.value)) if isinstance(kind, Constant) else None,
        at=_at(entry, path, around),
        plus=_seconds(entry.get("plus", []), f"{path}.plus", around),
        dedupe_key=text_field(entry["dedupe_key"], "dedupe_key", f"{path}.dedupe_key", around)
        if "dedupe_key" in entry
        else None,
        order=data_field(entry["order"], "order", f"{path}.order", around) if "order" in entry else None,
        words=_words(entry, path, around) if any(name in entry for name in WORD_FIELDS) else None,
        data=tuple((name, data_field(spec, name, f"{path}.data.{name}", around)) for name, spec in data.items()),
    )


def _at(table: Mapping[str, Any], path: str, around: Surroundings) -> Callable[[Any], datetime | None] | None:
    return time_field(table["at"], "at", f"{path}.at", around) if "at" in table else None


def _words(table: Mapping[str, Any], path: str, around: Surroundings) -> Words:
    reads = {name: text_field(table[name], name, f"{path}.{name}", around) for name in WORD_FIELDS if name in table}
    return Words(
        constant={name: as_text(read.value) for name, read in reads.items() if isinstance(read, Constant)},
        read=tuple((name, read) for name, read in reads.items() if not isinstance(read, Constant)),
    )


def _kind_field(spec: object, path: str, around: Surroundings) -> ReadText:
    values = spec.get("values") if isinstance(spec, dict) else None
    for word, kind in values.items() if isinstance(values, dict) else ():
        if kind != "" and kind not in KINDS:
            raise BadPayload(f"{path}.values.{word}", f"{kind!r} is no kind of event")
    return text_field(spec, "kind", path, around)


def _seconds(spec: object, path: str, around: Surroundings) -> tuple[Read, ...]:
    specs = spec if isinstance(spec, list) else [spec]
    return tuple(data_field(each, "plus_s", path, around) for each in specs)


def _condition(text: object, path: str, language: Language) -> Callable[[Any], bool] | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadPayload(path, "a condition is a text")
    try:
        return language.condition(text)
    except ValueError as error:
        raise BadPayload(path, str(error)) from None


def _table(parent: Mapping[str, Any], key: str, path: str) -> dict[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise BadPayload(f"{path}.{key}", "a table expected")
    return value


def _only_known(table: Mapping[str, Any], path: str, known: frozenset[str]) -> None:
    for key in table:
        if key not in known:
            raise BadPayload(f"{path}.{key}", f"unknown key; known are {', '.join(sorted(known))}")


def jmespath_language() -> Language:
    """Expressions and conditions in JMESPath, https://jmespath.org/specification.html."""
    import jmespath  # the contract is standard library only until a mapping asks for more
    from jmespath.exceptions import JMESPathError

    def value(text: str) -> Read:
        try:
            compiled = jmespath.compile(text)
        except JMESPathError as error:
            raise ValueError(f"not JMESPath: {str(error).splitlines()[0]}") from None
        return compiled.search

    def condition(text: str) -> Callable[[Any], bool]:
        search = value(text)

        def holds(record: Any) -> bool:
            try:
                found = search(record)
            except (ValueError, TypeError):
                return False
            return found is not None and found is not False and found not in ("", [], {})

        return holds

    return Language(value=value, condition=condition)
