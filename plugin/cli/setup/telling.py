"""What `connect` prints: what was done, what to enter at the vendor's side, and how to see that it works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent
from urllib.parse import urlsplit

from plugin.connecting.making import Made
from plugin.connecting.registering import Outcome
from plugin.connecting.source import Connection
from plugin.connecting.there import There
from plugin.contract.adapter import Setting
from plugin.normalise.sources import variable, vault_name


def told(found: Connection, there: There | None, *, can_store: bool) -> str:
    """`can_store` says whether there is a key for stored secrets."""
    return "\n\n".join(_parts(found, there, can_store))


def _parts(found: Connection, there: There | None, can_store: bool) -> Iterator[str]:
    yield f"{found.adapter.title}: source {found.source}"
    if found.revision:
        text = f'[sources.{found.source}]\nadapter = "{found.adapter.key}"'
        yield _section(f"New in revision {found.revision} of the policy; add it to your policy file, too", text)
    yield from _made(found.made)
    if there is not None and there.outcome is not None:
        yield from _standing(found, there.outcome, can_store)
    else:
        yield from _by_hand(found, can_store)
    if there is not None and there.lacking:
        yield _offer(found, there.lacking, can_store)
    yield from (_wanting(found, each) for each in found.wanting)
    if found.url:
        yield from _testing(found, found.url)


def _by_hand(found: Connection, can_store: bool) -> Iterator[str]:
    yield _section("At the vendor's side" if found.url else "What to do", found.text)
    if found.adapter.template:
        yield _section("Paste this where the vendor lets you write the body", found.adapter.template.strip("\n"))
    yield from (_entering(found.source, each, can_store) for each in found.entered)


def _standing(found: Connection, outcome: Outcome, can_store: bool) -> Iterator[str]:
    """What stands at the vendor's side, who made it, and the secrets of it that Deskgauge still lacks."""
    names = ", ".join(f"{thing.kind} {thing.id}" for thing in outcome.things)
    if outcome.is_foreign:
        yield (
            f"At the vendor's side there is something with this address already, made by hand: {names}. It was left as it is; "
            "remove it there and run this again to have it made anew."
        )
    else:
        made = "Made at the vendor's side" if outcome.is_new else "At the vendor's side there is what was made before"
        yield f"{made}: {names}. `deskgauge disconnect {found.source}` removes it."
    yield from _made(outcome.learned)
    given = {made.setting.key for made in outcome.learned}
    yield from (_entering(found.source, each, can_store) for each in found.entered if each.key not in given)


def _offer(found: Connection, lacking: Sequence[str], can_store: bool) -> str:
    """How to have it made instead."""
    chosen = [each for each in found.adapter.settings if each.key in lacking]
    pairs = [f"--set {each.key}=…" for each in chosen if not each.secret]
    again = " ".join([f"deskgauge connect {found.adapter.key} --source {found.source}", *pairs])
    secrets = [
        f"deskgauge secret set {vault_name(found.source, each.key)}"
        if can_store
        else f"{variable(found.source, each.key)}='…'"
        for each in chosen
        if each.secret
    ]
    return _section(
        "Or let Deskgauge make it there: enter what its API asks for, and run this again", "\n".join([*secrets, again])
    )


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


def _testing(found: Connection, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if found.is_local:
        yield (
            f"{parts.scheme}://{parts.netloc} can only be reached from this machine: set DESKGAUGE_BASE_URL to the public "
            "https address first, then run this again."
        )
    yield (
        "To test it, let something happen at the vendor's side while `deskgauge serve` runs; `--wait 300` waits for it. "
        f"{parts.scheme}://{parts.netloc}/sources and `deskgauge doctor` show the delivery, or why it was refused."
    )
