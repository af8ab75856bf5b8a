"""An entry of Freshdesk's list of satisfaction ratings in, its event out."""

from __future__ import annotations

from collections.abc import Sequence

from adapters._freshworks_ticket import named
from adapters._freshworks_words import score_of
from plugin.contract.event import Channel, Event, Kind
from plugin.contract.payload import Payload


def rated(body: Payload, channel: Channel | None = None) -> Sequence[Event]:
    """An entry of Freshdesk's `surveys/satisfaction_ratings`."""
    rating = body["rating"]
    ticket, at = rating["ticket_id"].text(), rating["created_at"].iso()
    score = score_of(rating["ratings"]["default_question"].number())
    return [
        Event(
            kind=Kind.SURVEY_ANSWERED,
            at=at,
            subject=f"csat:{ticket}",
            dedupe_key=f"rating:{rating['id'].text()}",
            channel=channel,
            queue=named(body["groups"], rating["group_id"]),
            agent=named(body["agents"], rating["agent_id"]),
            customer=rating["user_id"].text_or(),
            data={"type": "csat", "scale": "good_ok_bad", "ticket": ticket, "score": score},
        )
    ]
