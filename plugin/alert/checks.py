"""What Deskgauge watches of itself: each check says of each thing that it looks at for how long it has been wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Connection, Table, and_, func, or_, select
from sqlmodel import Session

from plugin.alert.trouble import Trouble
from plugin.inbox.heard import RECEIVING, last_heard
from plugin.inbox.silence import silences
from plugin.notify.outbox import message_id
from plugin.notify.outcome import GIVE_UP_AFTER
from plugin.notify.tables import Attempt, ChannelState, Mode, OutboxMessage, State
from plugin.policy.digest import Digest
from plugin.policy.document import Document
from plugin.report.addressees import Addressee, addressees
from plugin.report.due import catch_up, is_wanted, last_due, periods_for
from plugin.report.leaving import staying
from plugin.report.send import period_key

#: a digest may be late for so long
DIGEST_GRACE = timedelta(minutes=30)
#: a message may be tried again for so long
TRIES = timedelta(minutes=15)
#: rules may go without an evaluation for so long
PAUSE = timedelta(minutes=5)
#: what begins at this very moment has lasted, too
_AT_ALL = timedelta(milliseconds=1)
#: so many messages that wait are named
_SHOWN = 3
_LOST = (State.FAILED, State.BROKEN)
_MESSAGE = cast(Table, OutboxMessage.__table__)  # type: ignore[attr-defined]
_ATTEMPT = cast(Table, Attempt.__table__)  # type: ignore[attr-defined]
_CHANNEL = cast(Table, ChannelState.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """What the checks look at. `sources` are the configured ones; `changed_at` is when the policy was last changed.

    `mutes` says which rules a source feeds that has been silent since a moment. `evaluates`: who looks evaluates rules itself.
    """

    connection: Connection
    document: Document
    now: datetime
    sources: Collection[str] = ()
    changed_at: datetime | None = None
    evaluated_at: datetime | None = None
    mutes: Callable[[str, datetime], tuple[str, ...]] = lambda source, since: ()
    evaluates: bool = True


def silent_sources(seen: Inspected) -> Iterator[Trouble]:
    for source, silence in silences(seen.connection, seen.document, seen.sources, seen.now).items():
        if silence is None:
            yield Trouble(check="silent_source", scope={"source": source}, lasts=None, limit=timedelta(0))
            continue
        limit = timedelta(milliseconds=silence.limit_ms)
        yield Trouble(
            check="silent_source",
            scope={"source": source},
            lasts=timedelta(milliseconds=silence.lasts_ms),
            limit=limit,
            # What it is usually silent for is no trouble; between that and the limit nothing changes.
            calm=limit / 2,
            since=silence.last_at,
            mutes=seen.mutes(source, silence.last_at) if silence.is_unusual else (),
        )


def broken_channels(seen: Inspected) -> Iterator[Trouble]:
    """A channel that refused for good, on which nothing has arrived since an attempt failed, or that has just lost a message."""
    refused = {(row.kind, row.target): row for row in seen.connection.execute(select(_CHANNEL))}
    for name in seen.document.channels:
        for to in addressees(seen.document, [name]):
            row = refused.get((to.kind, to.target))
            failing = _failing(seen.connection, to, seen.now) if row is None else _Failing(row.broken_since, row.reason)
            trouble = Trouble(
                check="broken_channel",
                scope={"channel": name},
                lasts=timedelta(0),
                limit=timedelta(0) if failing is None or failing.is_lost else TRIES,
                about=to,
            )
            yield (
                trouble
                if failing is None
                else replace(
                    trouble,
                    lasts=max(seen.now - failing.since, _AT_ALL),
                    since=failing.since,
                    reason=failing.reason,
                    waiting=_waiting(seen.connection, to, failing),
                    ended=failing.works_again,
                )
            )


class _Failing(NamedTuple):
    """Since when nothing arrives and why; `is_lost`: there is no further attempt, so waiting proves nothing.

    `works_again`: what came later arrived all the same.
    """

    since: datetime
    reason: str
    is_lost: bool = True
    works_again: bool = False


def _failing(connection: Connection, to: Addressee, now: datetime) -> _Failing | None:
    """By the attempts after the last message that arrived, and by what was given up since the look before this one.

    A look may be as late as is no trouble of its own.
    """
    here = (_MESSAGE.c.target == to.target, _MESSAGE.c.kind == to.kind)
    arrived_at = connection.execute(select(func.max(_MESSAGE.c.sent_at)).where(*here)).scalar()
    columns = (_ATTEMPT.c.at, _ATTEMPT.c.error, _MESSAGE.c.state)
    query = (
        select(*columns)
        .join(_MESSAGE, _MESSAGE.c.id == _ATTEMPT.c.message_id)
        .where(*here, _MESSAGE.c.state != State.SENT, _MESSAGE.c.created_at > now - 2 * GIVE_UP_AFTER)
        # Without its picture a message has arrived all the same.
        .where(_MESSAGE.c.mode != Mode.PICTURE)
    )
    if arrived_at is not None:
        # Of a message that somebody has deleted an edit is lost, and nobody misses it.
        just_lost = and_(_MESSAGE.c.state == State.FAILED, _MESSAGE.c.mode != Mode.EDIT, _ATTEMPT.c.at > now - PAUSE)
        query = query.where(or_(_ATTEMPT.c.at > arrived_at, just_lost))
    failed = connection.execute(query.order_by(_ATTEMPT.c.at)).all()
    if not failed:
        return None
    lost = any(row.state == State.FAILED for row in failed)
    works_again = arrived_at is not None and failed[-1].at <= arrived_at
    return _Failing(since=failed[0].at, reason=failed[-1].error or "", is_lost=lost, works_again=works_again)


def _waiting(connection: Connection, to: Addressee, failing: _Failing) -> tuple[str, ...]:
    """Titles of the last few messages that did not arrive there."""
    query = select(_MESSAGE.c.payload).where(
        _MESSAGE.c.target == to.target,
        _MESSAGE.c.kind == to.kind,
        _MESSAGE.c.mode == Mode.POST,
        _MESSAGE.c.state == State.FAILED if failing.works_again else _MESSAGE.c.state != State.SENT,
        _MESSAGE.c.created_at > failing.since - GIVE_UP_AFTER,
    )
    newest = connection.execute(query.order_by(_MESSAGE.c.created_at.desc()).limit(_SHOWN)).scalars()
    return tuple(str(json.loads(payload).get("title", "")) for payload in newest)


def missing_digests(seen: Inspected) -> Iterator[Trouble]:
    """A digest whose time has come and that did not arrive on each of its channels."""
    for name, digest in seen.document.digests.items():
        to = staying(seen.connection, seen.document, name)
        if to:
            yield _digest(seen, name, digest, to)


def _digest(seen: Inspected, name: str, digest: Digest, to: Sequence[Addressee]) -> Trouble:
    due_at = last_due(digest, seen.document, seen.now)
    periods = [one for one in periods_for(digest, seen.document, due_at) if is_wanted(digest, seen.document, one)]
    wanted_by = [(each, f"digest:{name}", period_key(period)) for period in periods for each in to]
    with Session(seen.connection) as session:
        rows = [session.get(OutboxMessage, message_id(what, key, each.target)) for each, what, key in wanted_by]
    lost = [row for row in rows if row is not None and row.state in _LOST]
    # What was added to the policy after its time is not late yet, and later than it can be caught up with it is never sent.
    since = due_at if lost or seen.changed_at is None else max(due_at, seen.changed_at)
    too_late = since > due_at and not any(rows) and seen.now - due_at > catch_up(digest)
    wanted = due_at <= seen.now and bool(periods) and not too_late
    arrived = all(row is not None and row.state == State.SENT for row in rows)
    return Trouble(
        check="missing_digest",
        scope={"digest": name},
        lasts=max(seen.now - since, _AT_ALL) if wanted and not arrived else timedelta(0),
        # It may be held that long for what had come by its time.
        limit=timedelta(0) if lost else DIGEST_GRACE + timedelta(seconds=digest.wait_s),
        since=since,
        reason=next((row.error for row in rows if row is not None and row.error), "") or "",
        about=next((each for (each, _, _), row in zip(wanted_by, rows, strict=True) if row in lost), None),
    )


def stopped(seen: Inspected) -> Iterator[Trouble]:
    """Rules that are not evaluated: who looks has come back, or is a process that does not evaluate itself."""
    at = seen.evaluated_at
    yield Trouble(
        check="stopped",
        scope={},
        lasts=max(seen.now - at, timedelta(0)) if at is not None else None,
        limit=PAUSE,
        calm=timedelta(minutes=2),
        since=at,
        ended=seen.evaluates,
    )


def not_receiving(seen: Inspected) -> Iterator[Trouble]:
    """No web process lives, so no webhook can be stored. After a stop of the worker itself they get a minute to come back, too."""
    at, own = last_heard(seen.connection).get(RECEIVING), seen.evaluated_at
    returned = own is not None and seen.now - own > PAUSE
    yield Trouble(
        check="not_receiving",
        scope={},
        lasts=max(seen.now - at, timedelta(0)) if at is not None and not returned else None,
        limit=PAUSE,
        calm=timedelta(minutes=2),
        since=at,
    )


CHECKS: dict[str, Callable[[Inspected], Iterator[Trouble]]] = {
    "stopped": stopped,
    "not_receiving": not_receiving,
    "silent_source": silent_sources,
    "broken_channel": broken_channels,
    "missing_digest": missing_digests,
}


def troubles(seen: Inspected) -> tuple[Trouble, ...]:
    """Every reading of every check that the policy has not switched off."""
    off = seen.document.watch.off
    return tuple(trouble for name, check in CHECKS.items() if name not in off for trouble in check(seen))
