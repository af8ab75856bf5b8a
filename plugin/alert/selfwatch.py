"""Deskgauge's own troubles through the state machine of the rules: told by another way out than the one that does not work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from plugin.alert.drop import drop_others
from plugin.alert.evaluate import Heard, advance
from plugin.alert.rule import Watch
from plugin.alert.tell import Desk
from plugin.alert.thread import Enqueue
from plugin.alert.threshold import Threshold
from plugin.alert.trouble import Trouble
from plugin.database import session_scope
from plugin.kpi.metric import Measurement
from plugin.notify import outbox
from plugin.notify.tables import ChannelState
from plugin.policy.document import Document
from plugin.report.addressees import Addressee, addressees
from plugin.report.wording import label

_MAIL = "email"


def watch_over(
    engine: Engine,
    document: Document,
    found: Sequence[Trouble],
    now: datetime,
    enqueue: Enqueue = outbox.enqueue,
    base_url: str = "",
    *,
    complete: bool = True,
) -> int:
    """How many began or ended. The same minute again, here or in another process, changes nothing.

    `complete`: what is not among the troubles is looked at no more. A process that looks at one thing only leaves the others.
    """
    minute = now.replace(second=0, microsecond=0)
    with session_scope(engine) as session:
        desks = [_desk(session, document, trouble, enqueue, base_url) for trouble in found]
        if complete:
            drop_others(session, document, [desk.watch for desk in desks], minute, enqueue, own=True)
    heard = [Heard(desk=desk, reading=_reading(trouble)) for trouble, desk in zip(found, desks, strict=True)]
    return advance(engine, heard, minute)


def _reading(trouble: Trouble) -> Measurement | None:
    return None if trouble.lasts is None else Measurement(numerator=trouble.lasts.total_seconds())


def _desk(session: Session, document: Document, trouble: Trouble, enqueue: Enqueue, base_url: str) -> Desk:
    own = document.watch
    return Desk(
        watch=_watch(document, trouble),
        to=told_to(session, document, trouble.about),
        hours=document.calendar(own.calendar) if own.calendar else None,
        enqueue=enqueue,
        base_url=base_url,
        group=json.dumps(["watch", trouble.about and trouble.about.target]),
        window=timedelta(seconds=document.alerting.group_window_s),
        has_opening=document.calendar(own.calendar) is not None,
    )


def _watch(document: Document, trouble: Trouble) -> Watch:
    scope = ",".join(f"{key}={value}" for key, value in sorted(trouble.scope.items()))
    return Watch(
        name=f"{trouble.check}:{scope}" if scope else trouble.check,
        kpi=trouble.key,
        scope=scope,
        only=trouble.scope,
        window=timedelta(0),
        limits=Threshold(fire_above=trouble.limit.total_seconds(), clear_at=trouble.calm.total_seconds()),
        critical=False,
        title=label(trouble.key, document.language),
        timezone=document.timezone,
        language=document.language,
        currency=document.currency,
        trouble=trouble,
    )


def told_to(session: Session, document: Document, about: Addressee | None = None) -> tuple[Addressee, ...]:
    """The targets of the policy, else the channels of mail, else all; never only one that does not work.

    What is about a channel goes to another one, of another kind where there is one: what stopped it may have stopped its kind.
    """
    everywhere = addressees(document, document.channels)
    chosen = addressees(document, document.watch.targets) or tuple(to for to in everywhere if to.kind == _MAIL)
    broken = {(row.kind, row.target) for row in session.exec(select(ChannelState)).all()}
    if about is not None:
        broken.add((about.kind, about.target))
    works = [to for to in everywhere if (to.kind, to.target) not in broken]
    told = [to for to in chosen or everywhere if to in works]
    if not told or (about is not None and all(to.kind == about.kind for to in told)):
        told += [to for to in works if about is None or to.kind != about.kind] or works
    return tuple(dict.fromkeys(told)) or chosen or everywhere
