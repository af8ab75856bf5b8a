"""What `connect` and `disconnect` do at the vendor's side: which webhook, whether it can be made, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.connecting import registering
from plugin.connecting.registering import Outcome, Registering, forget_all, lacking, registered
from plugin.connecting.source import ConnectError, Connection
from plugin.contract.registration import Registration, Thing, Wanted
from plugin.installation import Installation
from plugin.normalise.sources import SourceConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class There:
    """Either `lacking` names the settings without which nothing was tried, or `outcome` says what stands at the vendor's side."""

    lacking: Sequence[str] = ()
    outcome: Outcome | None = None
    is_tested: bool = False


def made_there(opened: Installation, found: Connection, at: datetime) -> There | None:
    """None where the vendor's API makes no webhooks, or could not reach ours."""
    registration = found.adapter.registration
    if registration is None or found.url is None or found.is_local:
        return None
    opened.reload()
    source = opened.sources[found.source]
    missing = lacking(source, registration)
    if missing:
        return There(lacking=missing)
    work = _registering(opened, source, registration)
    outcome = work.make(_wanted(found.source, found.url, found.secret), at)
    return There(outcome=outcome, is_tested=outcome.is_new and work.test(outcome.things))


def unmade(opened: Installation, name: str, *, forget: bool) -> Sequence[Thing]:
    """What was removed at the vendor's side; raises `ConnectError` when nothing of ours stands there."""
    row = registered(opened, name)
    if row is None:
        raise ConnectError(_nothing(opened, name))
    if forget:
        forget_all(opened, row)
        return ()
    source = opened.sources.get(name)
    registration = source.adapter.registration if source else None
    if source is None or registration is None:
        raise ConnectError(f"The source {name} is no longer in the policy: add it again, or use --forget.")
    missing = lacking(source, registration)
    if missing:
        raise ConnectError(f"To remove it at the vendor's side, enter {', '.join(missing)}; or use --forget.")
    return _registering(opened, source, registration).remove(_wanted(name, row.url, ""))


def _registering(opened: Installation, source: SourceConfig, registration: Registration) -> Registering:
    return Registering(
        opened=opened, source=source, registration=registration, send=registering.sender(source, registration)
    )


def _wanted(source: str, url: str, secret: str) -> Wanted:
    return Wanted(url=url, name=f"Deskgauge {source}", secret=secret)


def _nothing(opened: Installation, name: str) -> str:
    if name not in opened.sources:
        return f"There is no source {name}. Known are: {', '.join(sorted(opened.sources)) or 'none'}."
    adapter = opened.sources[name].adapter
    return (
        f"Deskgauge made nothing at the vendor's side for {name}. How to remove what was made by hand: {adapter.docs}"
    )
