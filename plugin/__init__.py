"""Deskgauge: a webhook becomes a delivery, a delivery events, events facts, facts measurements, measurements messages.

The pipeline, in order; each stage reads the table of the stage before it and can be run again:

contract    what an adapter may know: request, event, payload, signature, adapter
policy      what the centre decided: calendars, teams, targets, costs, rules, digests
receive     HTTP in, handshake, verify, answer
inbox       raw deliveries, durable: claim, retry, dead letter, replay
normalise   adapter registry; delivery to events
events      append-only, deduplicated
facts       contact, queue visit, agent leg, agent state, shift, ticket, survey: a pure fold
kpi         period, calendar clock, measure, metric, cells, comparison
report      what to say about a period
alert       rule evaluation and the incident state machine
notify      messages, Slack, e-mail, outbox
web         pages and JSON API
"""
