"""When events of each kind happened at each source, by the hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from plugin.contract.event import Kind
from plugin.database import to_ms

HOUR = timedelta(hours=1)
_HOUR_MS = 3_600_000
#: by the index over kind and time
_QUERY = (
    f"SELECT source, at / {_HOUR_MS} AS hour FROM event WHERE kind = :kind AND at >= :since AND at < :until "  # noqa: S608
    "GROUP BY source, hour ORDER BY source, hour"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def busy_hours(
    connection: Connection, kinds: Collection[Kind], since: datetime, until: datetime
) -> Mapping[tuple[str, Kind], Sequence[datetime]]:
    """(source, kind) --> the beginnings of the hours in which such an event happened, ascending."""
    found: dict[tuple[str, Kind], list[datetime]] = defaultdict(list)
    for kind in kinds:
        span = {"kind": kind.value, "since": to_ms(since), "until": to_ms(until)}
        for source, hour in connection.execute(text(_QUERY), span):
            found[source, kind].append(_EPOCH + hour * HOUR)
    return found
