"""What is said about a contact, perhaps days after it: whether it was resolved, its topic, mood and quality, a sale."""

from __future__ import annotations

from plugin.contract.event import Event, Kind
from plugin.facts.fold.contact_facts import ContactFacts, Evaluation
from plugin.facts.fold.order import milli, text

#: they say nothing about when a contact began or ended, and alone they are no contact
REMARKS = frozenset({Kind.CONTACT_TAGGED, Kind.CONTACT_SENTIMENT, Kind.CONTACT_EVALUATED, Kind.CONTACT_CONVERTED})
#: scores go from -1 to 1
_FARTHEST_MILLI = 1000


def remark(facts: ContactFacts, event: Event) -> None:
    """A later remark of the same sort replaces an earlier one, except evaluations of different forms."""
    if event.kind is Kind.CONTACT_TAGGED:
        _tagged(facts, event)
    elif event.kind is Kind.CONTACT_SENTIMENT:
        _sentiment(facts, event)
    elif event.kind is Kind.CONTACT_EVALUATED:
        _evaluated(facts, event)
    else:
        facts.converted = True


def _tagged(facts: ContactFacts, event: Event) -> None:
    if isinstance(event.data.get("resolved"), bool):
        facts.resolved = event.data["resolved"] is True
    facts.topic = text(event, "topic") or facts.topic


def _sentiment(facts: ContactFacts, event: Event) -> None:
    score = milli(event, "score")
    if score is None:
        return
    if abs(score) > _FARTHEST_MILLI:
        facts.flaw = "sentiment beyond -1 to 1"
        return
    facts.sentiment_milli = score


def _evaluated(facts: ContactFacts, event: Event) -> None:
    points, possible = milli(event, "points"), milli(event, "possible")
    if points is None or possible is None:
        return
    if possible <= 0 or not 0 <= points <= possible:
        facts.flaw = "evaluation points outside what is possible"
        return
    facts.evaluations[text(event, "evaluation") or event.dedupe_key] = Evaluation(
        evaluated_at=event.at, points_milli=points, possible_milli=possible, agent=event.agent
    )
