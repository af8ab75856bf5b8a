"""A subject's events in, its facts out: pure, deterministic, independent of the order of arrival."""

from plugin.facts.fold.agent import Interval, fold_agent
from plugin.facts.fold.contact import fold_contact
from plugin.facts.fold.contact_facts import ContactFacts, Leg, Ring, Visit
from plugin.facts.fold.cost_entry import CostEntryFacts, fold_cost_entry
from plugin.facts.fold.customer_count import CustomerCountFacts, fold_customer_count
from plugin.facts.fold.headcount import HeadcountFacts, fold_headcount
from plugin.facts.fold.order import in_order
from plugin.facts.fold.roster import ShiftFacts, fold_roster
from plugin.facts.fold.survey import Answer, Judged, SurveyFacts, fold_survey, judge
from plugin.facts.fold.ticket import fold_ticket
from plugin.facts.fold.ticket_facts import Span, TicketFacts

__all__ = [
    "Answer",
    "ContactFacts",
    "CostEntryFacts",
    "CustomerCountFacts",
    "HeadcountFacts",
    "Interval",
    "Judged",
    "Leg",
    "Ring",
    "ShiftFacts",
    "Span",
    "SurveyFacts",
    "TicketFacts",
    "Visit",
    "fold_agent",
    "fold_contact",
    "fold_cost_entry",
    "fold_customer_count",
    "fold_headcount",
    "fold_roster",
    "fold_survey",
    "fold_ticket",
    "in_order",
    "judge",
]
