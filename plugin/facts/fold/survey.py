"""The events of one survey in, what was asked and every answer out; a changed rating is one more answer that replaces the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.contract.event import Event, Kind
from plugin.facts.fold.order import text

#: (type, scale) --> (lowest and highest score, the least positive one, the greatest negative one).
#: From `docs/kpi/csat.md`, `nps.md` and `ces.md`.
#: CES 1.0 on 1-5 measures effort: it has a mean and no share.
NUMBER_SCALES: dict[tuple[str, str], tuple[float, float, float | None, float | None]] = {
    ("csat", "1-5"): (1, 5, 4, 3),
    ("csat", "1-7"): (1, 7, 6, 5),
    ("csat", "1-10"): (1, 10, 8, 7),
    ("csat", "0-10"): (0, 10, 8, 7),
    ("nps", "0-10"): (0, 10, 9, 6),
    ("ces", "1-7"): (1, 7, 5, 4),
    ("ces", "1-5"): (1, 5, None, None),
}
#: scale --> word --> (positive, negative)
WORD_SCALES = {
    "good_bad": {"good": (1, 0), "bad": (0, 1)},
    "good_ok_bad": {"good": (1, 0), "ok": (0, 0), "bad": (0, 1)},
    "yes_no": {"yes": (1, 0), "no": (0, 1)},
}
#: the scales of words that a type is asked on
_WORDS = {"csat": ("good_bad", "good_ok_bad", "yes_no"), "fcr": ("yes_no",)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """`positive` and `negative` are 0 or 1; both None on a scale that has a mean only. `score` is None for a word."""

    score: float | None
    positive: int | None
    negative: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`agent` is the one assigned when it was given."""

    answered_at: datetime
    scale: str
    agent: str
    judged: Judged


@dataclass(kw_only=True, slots=True)
class SurveyFacts:
    """`answers` are readable ones, in the order in which they were given."""

    type: str = "csat"
    scale: str = ""
    channel: str = ""
    queue: str = ""
    agent: str = ""
    sent_at: datetime | None = None
    ticket: str | None = None
    contact: str | None = None
    answers: list[Answer] = field(default_factory=list)

    @property
    def last(self) -> Answer | None:
        return self.answers[-1] if self.answers else None


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
        elif (judged := judge(facts.type, facts.scale, event.data.get("score"))) is not None:
            facts.answers.append(Answer(answered_at=event.at, scale=facts.scale, agent=facts.agent, judged=judged))
    return facts


def judge(type_: str, scale: str, score: object) -> Judged | None:
    """None for a blank, a score that is not on the scale, and a scale on which the type is not asked."""
    if isinstance(score, str) and scale in _WORDS.get(type_, ()) and score in WORD_SCALES[scale]:
        positive, negative = WORD_SCALES[scale][score]
        return Judged(score=None, positive=positive, negative=negative)
    bounds, number = NUMBER_SCALES.get((type_, scale)), _number(score)
    if bounds is None or number is None:
        return None
    low, high, good_from, bad_to = bounds
    if not low <= number <= high:
        return None
    if good_from is None or bad_to is None:
        return Judged(score=number, positive=None, negative=None)
    return Judged(score=number, positive=int(number >= good_from), negative=int(number <= bad_to))


def _number(score: object) -> float | None:
    if isinstance(score, bool) or not isinstance(score, (int, float, str)):
        return None
    try:
        return float(score)
    except ValueError:
        return None
