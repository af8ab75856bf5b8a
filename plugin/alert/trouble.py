"""What is wrong with Deskgauge itself, as one reading, and as what the state machine of the rules takes for a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.report.addressees import Addressee
from plugin.report.subject import OWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """One reading. `lasts` is 0 when all is well and None when nothing can be said, `since` the moment at which it began.

    It is told when it lasts longer than `limit`, and over when it is back at `calm`. `about` is a channel that cannot tell of it.
    """

    check: str
    scope: dict[str, str]
    lasts: timedelta | None
    limit: timedelta
    since: datetime | None = None
    calm: timedelta = timedelta(0)
    reason: str = ""
    about: Addressee | None = None
    #: titles of messages that could not be delivered
    waiting: tuple[str, ...] = ()
    #: titles of rules that it keeps from judging
    mutes: tuple[str, ...] = ()
    #: over already when it is seen: told of as what has been
    ended: bool = False

    @property
    def key(self) -> str:
        """In the place of a KPI."""
        return OWN + self.check
