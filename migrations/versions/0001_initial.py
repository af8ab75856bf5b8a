"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_leg",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("entry_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("talk_ms", sa.BigInteger(), nullable=True),
        sa.Column("talk_bin", sa.Integer(), nullable=True),
        sa.Column("hold_ms", sa.BigInteger(), nullable=True),
        sa.Column("wrap_ms", sa.BigInteger(), nullable=True),
        sa.Column("wrap_timed_out", sa.Integer(), nullable=True),
        sa.Column("dial_ms", sa.BigInteger(), nullable=True),
        sa.Column("transferred", sa.Integer(), nullable=False),
        sa.Column("escalatable", sa.Integer(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_agent_leg")),
    )
    with op.batch_alter_table("agent_leg", schema=None) as batch_op:
        batch_op.create_index("ix_agent_leg_agent_answered_at", ["agent", "answered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_leg_counted_at"), ["counted_at"], unique=False)

    op.create_table(
        "agent_state",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("keys", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", "track", "started_at", name=op.f("pk_agent_state")),
    )
    with op.batch_alter_table("agent_state", schema=None) as batch_op:
        batch_op.create_index("ix_agent_state_agent_ended_at", ["agent", "ended_at", "started_at"], unique=False)
        batch_op.create_index("ix_agent_state_ended_at_started_at", ["ended_at", "started_at"], unique=False)

    op.create_table(
        "agent_time",
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_key", sa.BigInteger(), nullable=False),
        sa.Column("lasting", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("logged_in", sa.Integer(), nullable=False),
        sa.Column("talking", sa.Integer(), nullable=False),
        sa.Column("scheduled", sa.String(), nullable=False),
        sa.Column("productive", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "started_at", "lasting", name=op.f("pk_agent_time")),
    )
    with op.batch_alter_table("agent_time", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agent_time_lasting",
            ["started_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_agent_time_started_at"), ["started_at"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_message_id", ["message_id", "id"], unique=False)

    op.create_table(
        "cell",
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("answered_in_time", sa.BigInteger(), nullable=True),
        sa.Column("answered_waits", sa.BigInteger(), nullable=True),
        sa.Column("answered_waited", sa.BigInteger(), nullable=True),
        sa.Column("answered_wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("answered_wait_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("abandoned", sa.BigInteger(), nullable=True),
        sa.Column("abandoned_in_time", sa.BigInteger(), nullable=True),
        sa.Column("abandoned_short", sa.BigInteger(), nullable=True),
        sa.Column("abandoned_waits", sa.BigInteger(), nullable=True),
        sa.Column("abandoned_wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("waits", sa.BigInteger(), nullable=True),
        sa.Column("wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("wait_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("queued_ms", sa.BigInteger(), nullable=True),
        sa.Column("longest_wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("flow_outs", sa.BigInteger(), nullable=True),
        sa.Column("voicemails", sa.BigInteger(), nullable=True),
        sa.Column("callbacks_requested", sa.BigInteger(), nullable=True),
        sa.Column("callbacks_in_time", sa.BigInteger(), nullable=True),
        sa.Column("timed_out", sa.BigInteger(), nullable=True),
        sa.Column("queue_full", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("blocked", sa.BigInteger(), nullable=True),
        sa.Column("saturated", sa.BigInteger(), nullable=True),
        sa.Column("arrivals", sa.BigInteger(), nullable=True),
        sa.Column("live_answered", sa.BigInteger(), nullable=True),
        sa.Column("live_abandoned", sa.BigInteger(), nullable=True),
        sa.Column("failed_visits", sa.BigInteger(), nullable=True),
        sa.Column("open_visits", sa.BigInteger(), nullable=True),
        sa.Column("legs", sa.BigInteger(), nullable=True),
        sa.Column("legs_transferred", sa.BigInteger(), nullable=True),
        sa.Column("legs_escalatable", sa.BigInteger(), nullable=True),
        sa.Column("legs_escalated", sa.BigInteger(), nullable=True),
        sa.Column("talks", sa.BigInteger(), nullable=True),
        sa.Column("talk_ms", sa.BigInteger(), nullable=True),
        sa.Column("holds", sa.BigInteger(), nullable=True),
        sa.Column("hold_ms", sa.BigInteger(), nullable=True),
        sa.Column("wraps", sa.BigInteger(), nullable=True),
        sa.Column("wrap_ms", sa.BigInteger(), nullable=True),
        sa.Column("wraps_told", sa.BigInteger(), nullable=True),
        sa.Column("wraps_timed_out", sa.BigInteger(), nullable=True),
        sa.Column("handle_ms", sa.BigInteger(), nullable=True),
        sa.Column("contacts_offered", sa.BigInteger(), nullable=True),
        sa.Column("contacts_handled", sa.BigInteger(), nullable=True),
        sa.Column("contacts_abandoned", sa.BigInteger(), nullable=True),
        sa.Column("contacts_transferred", sa.BigInteger(), nullable=True),
        sa.Column("contacts_connected", sa.BigInteger(), nullable=True),
        sa.Column("calls_connected", sa.BigInteger(), nullable=True),
        sa.Column("contacts_held", sa.BigInteger(), nullable=True),
        sa.Column("contacts_hold_ms", sa.BigInteger(), nullable=True),
        sa.Column("hold_abandons", sa.BigInteger(), nullable=True),
        sa.Column("contacts_timed", sa.BigInteger(), nullable=True),
        sa.Column("contacts_handle_ms", sa.BigInteger(), nullable=True),
        sa.Column("contacts_resolved", sa.BigInteger(), nullable=True),
        sa.Column("anonymous_contacts", sa.BigInteger(), nullable=True),
        sa.Column("menu_entered", sa.BigInteger(), nullable=True),
        sa.Column("contained", sa.BigInteger(), nullable=True),
        sa.Column("sentiments", sa.BigInteger(), nullable=True),
        sa.Column("sentiment_milli", sa.BigInteger(), nullable=True),
        sa.Column("contacts_converted", sa.BigInteger(), nullable=True),
        sa.Column("outbound_contacts", sa.BigInteger(), nullable=True),
        sa.Column("outbound_connected", sa.BigInteger(), nullable=True),
        sa.Column("outbound_talks", sa.BigInteger(), nullable=True),
        sa.Column("outbound_talk_ms", sa.BigInteger(), nullable=True),
        sa.Column("outbound_handle_ms", sa.BigInteger(), nullable=True),
        sa.Column("outbound_dialled", sa.BigInteger(), nullable=True),
        sa.Column("outbound_dialled_ms", sa.BigInteger(), nullable=True),
        sa.Column("evaluation_points_milli", sa.BigInteger(), nullable=True),
        sa.Column("evaluation_possible_milli", sa.BigInteger(), nullable=True),
        sa.Column("internal_contacts", sa.BigInteger(), nullable=True),
        sa.Column("ivr_abandoned", sa.BigInteger(), nullable=True),
        sa.Column("flawed_contacts", sa.BigInteger(), nullable=True),
        sa.Column("login_ms", sa.BigInteger(), nullable=True),
        sa.Column("pause_ms", sa.BigInteger(), nullable=True),
        sa.Column("present_ms", sa.BigInteger(), nullable=True),
        sa.Column("busy_ms", sa.BigInteger(), nullable=True),
        sa.Column("occupied_ms", sa.BigInteger(), nullable=True),
        sa.Column("idle_ms", sa.BigInteger(), nullable=True),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
        sa.Column("productive_ms", sa.BigInteger(), nullable=True),
        sa.Column("paid_ms", sa.BigInteger(), nullable=True),
        sa.Column("scheduled_ms", sa.BigInteger(), nullable=True),
        sa.Column("adherent_ms", sa.BigInteger(), nullable=True),
        sa.Column("away_planned_ms", sa.BigInteger(), nullable=True),
        sa.Column("away_unplanned_ms", sa.BigInteger(), nullable=True),
        sa.Column("paid_break_ms", sa.BigInteger(), nullable=True),
        sa.Column("paid_talk_ms", sa.BigInteger(), nullable=True),
        sa.Column("flawed_shifts", sa.BigInteger(), nullable=True),
        sa.Column("rings_missed", sa.BigInteger(), nullable=True),
        sa.Column("rings", sa.BigInteger(), nullable=True),
        sa.Column("rings_in_time", sa.BigInteger(), nullable=True),
        sa.Column("rings_timed", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("excluded_tickets", sa.BigInteger(), nullable=True),
        sa.Column("flawed_tickets", sa.BigInteger(), nullable=True),
        sa.Column("cohort_first_responses", sa.BigInteger(), nullable=True),
        sa.Column("cohort_first_response_ms", sa.BigInteger(), nullable=True),
        sa.Column("cohort_first_response_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_responses", sa.BigInteger(), nullable=True),
        sa.Column("first_response_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_response_ms", sa.BigInteger(), nullable=True),
        sa.Column("tickets_answered", sa.BigInteger(), nullable=True),
        sa.Column("solved", sa.BigInteger(), nullable=True),
        sa.Column("resolutions", sa.BigInteger(), nullable=True),
        sa.Column("resolution_ms", sa.BigInteger(), nullable=True),
        sa.Column("resolution_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("requester_wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("requester_wait_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_resolutions", sa.BigInteger(), nullable=True),
        sa.Column("first_resolution_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_resolution_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("solved_at_first_contact", sa.BigInteger(), nullable=True),
        sa.Column("solved_at_first_contact_in_any_group", sa.BigInteger(), nullable=True),
        sa.Column("solved_soon", sa.BigInteger(), nullable=True),
        sa.Column("solved_beyond_first_level", sa.BigInteger(), nullable=True),
        sa.Column("solved_at_first_contact_by_first_level", sa.BigInteger(), nullable=True),
        sa.Column("agent_replies", sa.BigInteger(), nullable=True),
        sa.Column("ticket_groups", sa.BigInteger(), nullable=True),
        sa.Column("solved_in_one_touch", sa.BigInteger(), nullable=True),
        sa.Column("solved_in_two_touches", sa.BigInteger(), nullable=True),
        sa.Column("solved_in_many_touches", sa.BigInteger(), nullable=True),
        sa.Column("tickets_escalatable", sa.BigInteger(), nullable=True),
        sa.Column("tickets_escalated", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("reply_ms", sa.BigInteger(), nullable=True),
        sa.Column("reply_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("sla_first_responses", sa.BigInteger(), nullable=True),
        sa.Column("sla_first_responses_met", sa.BigInteger(), nullable=True),
        sa.Column("sla_resolutions", sa.BigInteger(), nullable=True),
        sa.Column("sla_resolutions_met", sa.BigInteger(), nullable=True),
        sa.Column("waits_begun", sa.BigInteger(), nullable=True),
        sa.Column("waits_ended", sa.BigInteger(), nullable=True),
        sa.Column("spans_opened", sa.BigInteger(), nullable=True),
        sa.Column("spans_solved", sa.BigInteger(), nullable=True),
        sa.Column("surveys_sent", sa.BigInteger(), nullable=True),
        sa.Column("surveys_answered", sa.BigInteger(), nullable=True),
        sa.Column("csat_surveys_sent", sa.BigInteger(), nullable=True),
        sa.Column("nps_surveys_sent", sa.BigInteger(), nullable=True),
        sa.Column("ces_surveys_sent", sa.BigInteger(), nullable=True),
        sa.Column("fcr_surveys_sent", sa.BigInteger(), nullable=True),
        sa.Column("csat_surveys_answered", sa.BigInteger(), nullable=True),
        sa.Column("nps_surveys_answered", sa.BigInteger(), nullable=True),
        sa.Column("ces_surveys_answered", sa.BigInteger(), nullable=True),
        sa.Column("fcr_surveys_answered", sa.BigInteger(), nullable=True),
        sa.Column("worked_ms", sa.BigInteger(), nullable=True),
        sa.Column("calls", sa.BigInteger(), nullable=True),
        sa.Column("contacts_received", sa.BigInteger(), nullable=True),
        sa.Column("tickets_received", sa.BigInteger(), nullable=True),
        sa.Column("solved_once", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "grain", "start", "source", "channel", "direction", "queue", "agent", name=op.f("pk_cell")
        ),
    )
    op.create_table(
        "cell_basis",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_basis")),
    )
    op.create_table(
        "channel_state",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("broken_since", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "target", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "contact",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("entry_number", sa.String(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("entry_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column("transferred", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("flaw", sa.String(), nullable=True),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("handle_ms", sa.BigInteger(), nullable=True),
        sa.Column("hold_ms", sa.BigInteger(), nullable=True),
        sa.Column("hold_abandoned", sa.Integer(), nullable=False),
        sa.Column("ivr", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("sentiment_milli", sa.BigInteger(), nullable=True),
        sa.Column("converted", sa.Integer(), nullable=False),
        sa.Column("callback_of", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_callback_of", ["callback_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_counted_at"), ["counted_at"], unique=False)
        batch_op.create_index("ix_contact_customer", ["customer", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index("ix_contact_subject", ["subject"], unique=False)
        batch_op.create_index("ix_contact_ticket", ["ticket"], unique=False)

    op.create_table(
        "cost_entry",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("first_on", sa.String(), nullable=False),
        sa.Column("last_on", sa.String(), nullable=False),
        sa.Column("amount_milli", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_cost_entry")),
    )
    with op.batch_alter_table("cost_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cost_entry_last_on"), ["last_on"], unique=False)

    op.create_table(
        "customer",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("mask", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_customer")),
    )
    op.create_table(
        "customer_count",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("first_on", sa.String(), nullable=False),
        sa.Column("last_on", sa.String(), nullable=False),
        sa.Column("at_start", sa.BigInteger(), nullable=False),
        sa.Column("at_end", sa.BigInteger(), nullable=True),
        sa.Column("joined", sa.BigInteger(), nullable=True),
        sa.Column("lost", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_customer_count")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("adapter_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_delivery_source_key")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_received_at", ["received_at"], unique=False)
        batch_op.create_index(
            "ix_delivery_state_id",
            ["state", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'dead')"),
            postgresql_where=sa.text("state IN ('pending', 'dead')"),
        )

    op.create_table(
        "digest_opt_out",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "address", name=op.f("pk_digest_opt_out")),
    )
    op.create_table(
        "dirty_agent_day",
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("onwards", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "day", "onwards", name=op.f("pk_dirty_agent_day")),
    )
    op.create_table(
        "dirty_slot",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_dirty_slot")),
    )
    op.create_table(
        "evaluation",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("evaluated_at", sa.BigInteger(), nullable=True),
        sa.Column("points_milli", sa.BigInteger(), nullable=True),
        sa.Column("possible_milli", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_counted_at"), ["counted_at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("dedupe", sa.LargeBinary(), nullable=False),
        sa.Column("subject_key", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("source", "dedupe", name=op.f("uq_event_source_dedupe")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("ix_event_subject_key_at", ["subject_key", "at"], unique=False)

    op.create_table(
        "fact_basis",
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("folded_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_fact_basis")),
    )
    op.create_table(
        "headcount",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("headcount", sa.Float(), nullable=False),
        sa.Column("leavers", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_headcount")),
    )
    op.create_table(
        "heard",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "slot", name=op.f("pk_heard")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kpi", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=False),
        sa.Column("recovered_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("peak", sa.Float(), nullable=False),
        sa.Column("n", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("window_s", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("leader", sa.Integer(), nullable=True),
        sa.Column("told_again", sa.Integer(), nullable=False),
        sa.Column("told_again_at", sa.BigInteger(), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_to", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("closed", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_closed", ["closed"], unique=False)
        batch_op.create_index("ix_incident_fired_at", ["fired_at"], unique=False)
        batch_op.create_index("ix_incident_leader", ["leader"], unique=False)
        batch_op.create_index("ix_incident_rule_told_at", ["rule", "told_at"], unique=False)

    op.create_table(
        "incident_group",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("leader", sa.Integer(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incident_group")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "link",
        sa.Column("ticket_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_key", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_key", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_contact_key", ["contact_key"], unique=False)

    op.create_table(
        "login_failure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_login_failure_who_at", ["who", "at"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("period_key", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("follows", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("what", "period_key", "target", name=op.f("uq_message_what_period_key_target")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_message_follows", ["follows"], unique=False)
        batch_op.create_index(
            "ix_message_next_attempt_at",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending')"),
            postgresql_where=sa.text("state IN ('pending', 'sending')"),
        )
        batch_op.create_index("ix_message_target_state", ["target", "state"], unique=False)

    op.create_table(
        "pause",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "target", name=op.f("pk_pause")),
    )
    op.create_table(
        "policy_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("diff", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_revision")),
    )
    op.create_table(
        "published_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("kpi", sa.String(), nullable=False),
        sa.Column("groups", sa.String(), nullable=False),
        sa.Column("numerator", sa.Float(), nullable=False),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("definition_version", sa.String(), nullable=False),
        sa.Column("policy_revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_value")),
    )
    with op.batch_alter_table("published_value", schema=None) as batch_op:
        batch_op.create_index("ix_published_value_digest_start_at", ["digest", "start_at"], unique=False)

    op.create_table(
        "pull_position",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("fresh", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "purpose", name=op.f("pk_pull_position")),
    )
    op.create_table(
        "queue_visit",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("wait_bin", sa.Integer(), nullable=True),
        sa.Column("wait_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("wait_business_bin", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_queue_visit")),
    )
    with op.batch_alter_table("queue_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_visit_counted_at"), ["counted_at"], unique=False)

    op.create_table(
        "reach",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_reach")),
    )
    with op.batch_alter_table("reach", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reach_noted_at"), ["noted_at"], unique=False)

    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_source_id", ["source", "id"], unique=False)

    op.create_table(
        "registered",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("things", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_registered")),
    )
    op.create_table(
        "ring_attempt",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("ring_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_ring_attempt")),
    )
    with op.batch_alter_table("ring_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ring_attempt_started_at"), ["started_at"], unique=False)

    op.create_table(
        "roster_shift",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("productive", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("flaw", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_roster_shift")),
    )
    with op.batch_alter_table("roster_shift", schema=None) as batch_op:
        batch_op.create_index("ix_roster_shift_agent_started_at", ["agent", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_shift_started_at"), ["started_at"], unique=False)

    op.create_table(
        "rule_state",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kpi", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_by", sa.String(), nullable=True),
        sa.Column("muted_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("rule", "kpi", "scope", name=op.f("pk_rule_state")),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "sketch",
        sa.Column("sketch", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "sketch", "start", "source", "channel", "direction", "queue", "bucket", name=op.f("pk_sketch")
        ),
    )
    op.create_table(
        "source",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("adapter", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_received_at", sa.BigInteger(), nullable=True),
        sa.Column("supplied", sa.String(), nullable=False),
        sa.Column("settings", sa.String(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )
    op.create_table(
        "survey",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("own_channel", sa.String(), nullable=False),
        sa.Column("own_queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("positive", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_survey")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index("ix_survey_contact", ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_sent_at"), ["sent_at"], unique=False)
        batch_op.create_index("ix_survey_ticket", ["ticket"], unique=False)

    op.create_table(
        "survey_answer",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("score_milli", sa.BigInteger(), nullable=True),
        sa.Column("positive", sa.Integer(), nullable=True),
        sa.Column("negative", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_survey_answer")),
    )
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answer_answered_at"), ["answered_at"], unique=False)

    op.create_table(
        "survey_mail",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("subject_key", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_mail")),
    )
    with op.batch_alter_table("survey_mail", schema=None) as batch_op:
        batch_op.create_index("ix_survey_mail_customer_decided_at", ["customer", "decided_at"], unique=False)
        batch_op.create_index("ix_survey_mail_survey_subject_key", ["survey", "subject_key"], unique=True)

    op.create_table(
        "survey_opt_out",
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_survey_opt_out")),
    )
    op.create_table(
        "ticket",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("first_response_at", sa.BigInteger(), nullable=True),
        sa.Column("first_response_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_response_bin", sa.Integer(), nullable=True),
        sa.Column("first_response_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_response_business_bin", sa.Integer(), nullable=True),
        sa.Column("first_solved_at", sa.BigInteger(), nullable=True),
        sa.Column("solved_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("resolution_ms", sa.BigInteger(), nullable=True),
        sa.Column("resolution_bin", sa.Integer(), nullable=True),
        sa.Column("resolution_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("resolution_business_bin", sa.Integer(), nullable=True),
        sa.Column("first_resolution_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_resolution_bin", sa.Integer(), nullable=True),
        sa.Column("first_resolution_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_resolution_business_bin", sa.Integer(), nullable=True),
        sa.Column("requester_wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("requester_wait_bin", sa.Integer(), nullable=True),
        sa.Column("requester_wait_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("requester_wait_business_bin", sa.Integer(), nullable=True),
        sa.Column("agent_replies", sa.Integer(), nullable=False),
        sa.Column("customer_replies", sa.Integer(), nullable=False),
        sa.Column("reopens", sa.Integer(), nullable=False),
        sa.Column("regroups", sa.Integer(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("escalatable", sa.Integer(), nullable=False),
        sa.Column("beyond_level_1", sa.Integer(), nullable=True),
        sa.Column("at_first_contact", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.String(), nullable=True),
        sa.Column("flaw", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_contact", ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_ticket_customer", ["customer"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_first_response_at"), ["first_response_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_first_solved_at"), ["first_solved_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_solved_at"), ["solved_at"], unique=False)
        batch_op.create_index("ix_ticket_subject", ["subject"], unique=False)

    op.create_table(
        "ticket_reply",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("replied_at", sa.BigInteger(), nullable=True),
        sa.Column("reply_ms", sa.BigInteger(), nullable=True),
        sa.Column("reply_bin", sa.Integer(), nullable=True),
        sa.Column("reply_business_ms", sa.BigInteger(), nullable=True),
        sa.Column("reply_business_bin", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_ticket_reply")),
    )
    with op.batch_alter_table("ticket_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_reply_replied_at"), ["replied_at"], unique=False)

    op.create_table(
        "ticket_span",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("solved_at", sa.BigInteger(), nullable=True),
        sa.Column("waiting_from", sa.BigInteger(), nullable=True),
        sa.Column("waiting_until", sa.BigInteger(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("thanks", sa.Integer(), nullable=False),
        sa.Column("solved_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_ticket_span")),
    )
    with op.batch_alter_table("ticket_span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_span_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_span_solved_at"), ["solved_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_span_waiting_from"), ["waiting_from"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_span_waiting_until"), ["waiting_until"], unique=False)

    op.create_table(
        "ticket_timer",
        sa.Column("subject_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("target_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", "ordinal", name=op.f("pk_ticket_timer")),
    )
    with op.batch_alter_table("ticket_timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_timer_counted_at"), ["counted_at"], unique=False)
        batch_op.create_index(
            "ix_ticket_timer_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("counted_at IS NULL"),
            postgresql_where=sa.text("counted_at IS NULL"),
        )

    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_login_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
