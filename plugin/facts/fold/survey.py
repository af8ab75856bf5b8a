"""The events of one survey in, its one answer out; a changed rating counts as it was last given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.contract.event import Event, Kind
from plugin.facts.fold.order import text

#: scale --> (scores that count as positive, scores that count as negative); KPIS 6.1 to 6.3, 0 is a detractor
NUMBER_SCALES = {
    "1-5": ((4, 5), (1, 3)),
    "1-7": ((6, 7), (1, 5)),
    "1-10": ((8, 10), (1, 7)),
    "0-10": ((9, 10), (0, 6)),
}
#: scale --> word --> (positive, negative)
WORD_SCALES = {
    "good_bad": {"good": (1, 0), "bad": (0, 1)},
    "good_ok_bad": {"good": (1, 0), "ok": (0, 0), "bad": (0, 1)},
    "yes_no": {"yes": (1, 0), "no": (0, 1)},
}


@dataclass(kw_only=True, slots=True)
class SurveyFacts:
    """`positive` and `negative` are 0 or 1, both None while nothing readable was answered."""

    type: str = "csat"
    scale: str = ""
    channel: str = ""
    queue: str = ""
    agent: str = ""
    score: float | None = None
    positive: int | None = None
    negative: int | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    ticket: str | None = None
    contact: str | None = None


def fold_survey(events: Sequence[Event]) -> SurveyFacts:
    """`events` are sorted by `in_order`."""
    facts = SurveyFacts()
    for event in events:
        facts.type, facts.scale = text(event, "type") or facts.type, text(event, "scale") or facts.scale
        facts.channel, facts.queue = event.channel or facts.channel, event.queue or facts.queue
        facts.agent = event.agent or facts.agent
        facts.ticket, facts.contact = text(event, "ticket") or facts.ticket, text(event, "contact") or facts.contact
        if event.kind is Kind.SURVEY_SENT:
            facts.sent_at = facts.sent_at or event.at
        elif (judged := judge(facts.scale, event.data.get("score"))) is not None:
            facts.answered_at = event.at
            facts.score, facts.positive, facts.negative = judged
    return facts


def judge(scale: str, score: object) -> tuple[float | None, int, int] | None:
    """(score as a number, positive, negative) of an answer; None for a blank or a score that is not on the scale."""
    if isinstance(score, str) and score in WORD_SCALES.get(scale, {}):
        positive, negative = WORD_SCALES[scale][score]
        return None, positive, negative
    bounds = NUMBER_SCALES.get(scale)
    number = _number(score)
    if bounds is None or number is None:
        return None
    (good_from, good_to), (bad_from, bad_to) = bounds
    if not min(good_from, bad_from) <= number <= max(good_to, bad_to):
        return None
    return number, int(number >= good_from), int(number <= bad_to)


def _number(score: object) -> float | None:
    if isinstance(score, bool) or not isinstance(score, (int, float, str)):
        return None
    try:
        return float(score)
    except ValueError:
        return None
