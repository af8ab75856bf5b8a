"""What `connect` prints: what was done, what to enter at the vendor's side, and how to see that it works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent
from urllib.parse import urlsplit

from plugin.connecting import Connection, Made
from plugin.contract.adapter import Setting
from plugin.normalise.sources import variable, vault_name

_LOCAL = ("127.0.0.1", "localhost", "::1")


def told(found: Connection, *, can_store: bool) -> str:
    """`can_store` says whether there is a key for stored secrets."""
    return "\n\n".join(_parts(found, can_store))


def _parts(found: Connection, can_store: bool) -> Iterator[str]:
    yield f"{found.adapter.title}: source {found.source}"
    if found.revision:
        text = f'[sources.{found.source}]\nadapter = "{found.adapter.key}"'
        yield _section(f"New in revision {found.revision} of the policy; add it to your policy file, too", text)
    yield from _made(found.made)
    yield _section("At the vendor's side" if found.url else "What to do", found.text)
    if found.adapter.template:
        yield _section("Paste this where the vendor lets you write the body", found.adapter.template.strip("\n"))
    yield from (_entering(found.source, each, can_store) for each in found.entered)
    yield from (_wanting(found, each) for each in found.wanting)
    if found.url:
        yield from _testing(found.url)


def _section(title: str, text: str) -> str:
    return f"{title}:\n{indent(text, '  ')}"


def _made(made: Sequence[Made]) -> Iterator[str]:
    kept = [each for each in made if each.is_stored]
    if kept:
        yield f"Made and stored: {', '.join(each.setting.label.lower() for each in kept)}."
    loose = [each for each in made if not each.is_stored]
    if loose:
        lines = "\n".join(f"{each.variable}='{each.value}'" for each in loose)
        title = (
            "DESKGAUGE_SECRET_KEY is not set, so nothing could be stored. "
            "Put this into the environment of every process of Deskgauge and restart them"
        )
        yield _section(title, lines)


def _entering(source: str, setting: Setting, can_store: bool) -> str:
    title = f"Then give Deskgauge what the vendor shows ({setting.label}. {setting.help.rstrip('.')})"
    if can_store:
        return _section(title, f"deskgauge secret set {vault_name(source, setting.key)}")
    return _section(
        f"{title}, in the environment of every process of Deskgauge",
        f"{variable(source, setting.key)}='…'",
    )


def _wanting(found: Connection, setting: Setting) -> str:
    value = "FILE" if setting.file else "…"
    text = f"deskgauge connect {found.adapter.key} --source {found.source} --set {setting.key}={value}"
    return _section(f"Still missing: {setting.label}. {setting.help.rstrip('.')}", text)


def _testing(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.hostname in _LOCAL:
        yield (
            f"{parts.scheme}://{parts.netloc} can only be reached from this machine: set DESKGAUGE_BASE_URL to the public "
            "https address first, then run this again."
        )
    yield (
        "To test it, let something happen at the vendor's side while `deskgauge serve` runs. "
        f"{parts.scheme}://{parts.netloc}/sources and `deskgauge doctor` show the delivery, or why it was refused."
    )
