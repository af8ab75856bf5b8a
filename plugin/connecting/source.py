"""A vendor's name goes in; its source in the policy, the secrets that we make, and what to do at the vendor's side come out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

from plugin.connecting.making import Made, keep
from plugin.contract.adapter import Adapter, Setting, Settings, first
from plugin.database import reading, session_scope
from plugin.inbox.sources import known_sources
from plugin.installation import Installation
from plugin.manifest.reading import manifest
from plugin.normalise.sources import PATH_SECRET, SourceConfig, vault_name
from plugin.policy import revisions
from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.text import from_data, to_data

_LOCAL = ("127.0.0.1", "localhost", "::1")


class ConnectError(ValueError):
    """The source cannot be made as asked; the text says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """What the administrator needs to know. `url` is None where no vendor calls.

    `secret` is what the vendor is to sign with, where we made that. `entered` are the secrets that the vendor makes and that
    are missing, `wanting` the settings of the policy that are.
    """

    source: str
    adapter: Adapter
    text: str
    url: str | None = None
    secret: str = field(default="", repr=False)
    revision: int | None = None
    made: Sequence[Made] = ()
    entered: Sequence[Setting] = ()
    wanting: Sequence[Setting] = ()

    @property
    def is_local(self) -> bool:
        """Whether no vendor can reach it, since it leads to the machine that asks."""
        return self.url is not None and urlsplit(self.url).hostname in _LOCAL


def connect(
    opened: Installation,
    adapter: Adapter,
    name: str,
    settings: Mapping[str, str],
    *,
    author: str,
    at: datetime,
    known: Known,
) -> Connection:
    """Adds the source and its settings to the policy, and makes the secrets that are ours to make; raises `ConnectError`.

    Run again it changes nothing that is there. Where nothing is received, nothing is added.
    """
    path = _path(adapter)
    if path is None:
        return Connection(source=name, adapter=adapter, text=_text(adapter, "", ""))
    revision = _declare(opened, adapter, name, settings, author, at, known)
    opened.reload()
    made = _make_missing(opened, opened.sources[name], path)
    given = {**opened.sources[name].settings, **{each.setting.key: each.value for each in made}}
    url = url_of(opened.config.base_url, name, given)
    shared = next((first(given, each.key) for each in _told(adapter)), None)
    missing = [each for each in adapter.settings if each.required and not first(given, each.key)]
    return Connection(
        source=name,
        adapter=adapter,
        text=_text(adapter, url, shared or ""),
        url=url,
        secret=shared or "",
        revision=revision,
        made=made,
        entered=[each for each in missing if each.secret],
        wanting=[each for each in missing if not each.secret],
    )


def _text(adapter: Adapter, url: str, secret: str) -> str:
    return adapter.connect.format(url=url, secret=secret).strip()


def _declare(
    opened: Installation,
    adapter: Adapter,
    name: str,
    settings: Mapping[str, str],
    author: str,
    at: datetime,
    known: Known,
) -> int | None:
    """The number of the new revision; None when the policy has it all."""
    data = to_data(opened.document)
    there = data.setdefault("sources", {}).setdefault(name, {"adapter": adapter.key})
    if there["adapter"] != adapter.key:
        raise ConnectError(
            f"The source {name} is of the adapter {there['adapter']}. Give this one another name with --source."
        )
    if settings:
        there["settings"] = {**there.get("settings", {}), **settings}
    try:
        document = from_data(data, known=known)
        with session_scope(opened.engine) as session:
            revision = revisions.apply(session, document, author, at, known=known)
    except PolicyError as error:
        raise ConnectError(f"The policy would not be valid:\n{error}") from None
    return None if revision is None else revision.id


def _path(adapter: Adapter) -> str | None:
    """The form of its address; None where nothing is received. An adapter of another distribution has the plain one."""
    entry = manifest().adapter(adapter.key)
    if entry is None:
        return "/hooks/<source>"
    return entry.webhook.path if entry.webhook else None


def _told(adapter: Adapter) -> list[Setting]:
    """The secret that we make and the vendor is told: the one that the adapter's text has a place for."""
    return [each for each in adapter.settings if each.secret and "{secret}" in adapter.connect][:1]


def _make_missing(opened: Installation, source: SourceConfig, path: str) -> list[Made]:
    """The address of a source that works already gets no secret part: the vendor does not know of it."""
    ours = _told(source.adapter)
    if path.endswith("/<secret>") and not _has_received(opened, source.name):
        ours.append(PATH_SECRET)
    missing = [each for each in ours if not first(source.settings, each.key)]
    stored = opened.vault.names()
    if any(vault_name(source.name, each.key) in stored for each in missing):
        raise ConnectError(source.problem or "A stored secret cannot be read.")
    made = [keep(opened, source.name, each, _new_value(each)) for each in missing]
    opened.reload()
    return made


def _has_received(opened: Installation, name: str) -> bool:
    with reading(opened.engine) as connection:
        row = known_sources(connection).get(name)
    return row is not None and row.last_received_at is not None


def _new_value(setting: Setting) -> str:
    """A signing secret has the form of Standard Webhooks, which any scheme can take as it stands, and 38 signs: some take 40."""
    if setting is PATH_SECRET:
        return secrets.token_urlsafe(24)
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def url_of(base_url: str, name: str, settings: Settings) -> str:
    """Where the vendor of a source is to send to."""
    hidden = first(settings, PATH_SECRET.key)
    address = f"{base_url}/hooks/{quote(name)}"
    return f"{address}/{quote(hidden)}" if hidden else address
