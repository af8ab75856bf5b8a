"""Every recorded payload with its adapter, raw and with no settings, against what it means or why it means nothing here.

The published signature vectors of one file are tried here; the others in `test_twilio`
(`test_every_published_vector_passes_and_fails_once_changed` and the verdicts of the SDK), `test_zendesk` and `test_generic` (the
recorded verdicts of the SDKs).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from adapter_fixtures import build_request, find_adapters, shared, shared_payloads

from plugin.contract.adapter import Adapter, BadPayload, Rejected
from plugin.contract.request import WebhookRequest

#: folder of payloads --> adapter
ADAPTERS = {
    "3cx": "threecx",
    "aircall": "aircall",
    "amazon_connect": "amazon_connect",
    "asterisk": "asterisk",
    "chatwoot": "chatwoot",
    "cloudevents": "generic",
    "cloudtalk": "cloudtalk",
    "dialpad": "dialpad",
    "django_helpdesk": "django_helpdesk",
    "freescout": "freescout",
    "freeswitch": "freeswitch",
    "freshcaller": "freshcaller",
    "freshdesk": "freshdesk",
    "freshservice": "freshservice",
    "front": "front",
    "genesys_cloud": "genesys_cloud",
    "gorgias": "gorgias",
    "helpscout": "help_scout",
    "hubspot": "hubspot",
    "intercom": "intercom",
    "jira": "jira",
    "justcall": "justcall",
    "kustomer": "kustomer",
    "liveagent": "liveagent",
    "mango_office": "mango_office",
    "pylon": "pylon",
    "refiner": "refiner",
    "ringcentral": "ringcentral",
    "salesforce": "salesforce",
    "satismeter": "satismeter",
    "servicenow": "servicenow",
    "standard_webhooks": "generic",
    "telnyx": "telnyx",
    "twilio": "twilio",
    "vonage": "vonage",
    "zadarma": "zadarma",
    "zammad": "zammad",
    "zendesk": "zendesk",
    "zendesk_talk": "zendesk_talk",
    "zoho_desk": "zoho_desk",
    "zoom_phone": "zoom_phone",
}
#: folder and file --> kinds with their number, or why there are none, or what its author cut out that nothing can be read without
EXPECTED: Mapping[str, Mapping[str, str]] = {
    "3cx": {
        "webhook_addon.answered_hangupincoming__1": "contact.answered",
        "webhook_addon.ended_incoming__1": "contact.ended*2",
        "webhook_addon.recording_ready__1": "ignored: a recording",
        "webhook_addon.ringing_ext__1": "contact.offered contact.ringing",
        "webhook_addon.ringing_queue__1": "contact.offered contact.queued",
    },
    "aircall": {
        "call.answered__2": "contact.offered contact.queued contact.answered",
        "call.archived__1": "contact.offered contact.queued contact.callback_requested contact.tagged contact.ended",
        "call.created__2": "contact.offered",
        "call.ended__1": "contact.offered contact.answered contact.ended",
        "call.hold__1": "contact.offered contact.held",
        "call.hungup__2": "contact.offered contact.queued contact.abandoned contact.ended",
        "call.ringing_on_agent__1": "contact.offered contact.queued contact.ringing",
        "call.unhold__1": "contact.offered contact.resumed",
        "call.unsuccessful_transfer__1": "contact.offered contact.queued",
        "contact.created__1": "ignored: an address book",
        "contact.deleted__1": "ignored: an address book",
        "number.closed__1": "ignored: the settings of numbers",
        "number.created__1": "ignored: the settings of numbers",
        "user.closed__1": "agent.state",
        "user.connected__1": "agent.state",
        "user.created__1": "ignored: nothing that a person does",
        "user.deleted__1": "agent.state",
        "user.opened__1": "agent.state",
        "user.wut_end__1": "agent.state",
    },
    "amazon_connect": {
        "agent_event.STATE_CHANGE__1": "unreadable: $",
        "contact_event.CONNECTED_TO_AGENT__1": "ignored: contacts are taken from records unless settings say otherwise",
        "contact_event.DISCONNECTED__1": "unreadable: $",
        "contact_event.DISCONNECTED_abandoned_in_queue__1": "ignored: a contact event",
        "contact_event.DISCONNECTED_after_agent__1": "ignored: a contact event",
        "contact_event.DISCONNECTED_outbound__1": "ignored: a contact event",
        "contact_event.QUEUED__1": "ignored: a contact event",
        "ctr.answered__1": "contact.offered contact.queued contact.answered contact.ended contact.wrapped_up",
        "ctr.redelivered_same_contact__2": "contact.offered contact.queued contact.answered contact.transferred "
        "contact.wrapped_up",
        "ctr.redelivered_same_contact__3": "contact.offered contact.queued contact.answered contact.transferred "
        "contact.wrapped_up",
    },
    "asterisk": {
        "ami.AgentCalled__2": "contact.ringing",
        "ami.AgentComplete__1": "contact.ended",
        "ami.AgentComplete__3": "contact.ended",
        "ami.AgentComplete__4": "contact.ended",
        "ami.AgentComplete__6": "contact.ended",
        "ami.AgentConnect__1": "contact.answered",
        "ami.AgentConnect__3": "contact.answered",
        "ami.AgentConnect__4": "contact.answered",
        "ami.AgentConnect__6": "contact.answered",
        "ami.AgentRingNoAnswer__1": "contact.ringing",
        "ami.AgentRingNoAnswer_freepbx__1": "contact.ringing",
        "ami.Cdr__1": "ignored: a record of a finished channel",
        "ami.Cdr__4": "ignored: a record of a finished channel",
        "ami.Hold__1": "contact.held",
        "ami.QueueCallerAbandon__1": "contact.abandoned",
        "ami.QueueCallerAbandon__2": "contact.abandoned",
        "ami.QueueCallerAbandon__4": "contact.abandoned",
        "ami.QueueCallerAbandon_asterisk1_8__1": "contact.abandoned",
        "ami.QueueCallerAbandon_panoramisk_http__1": "contact.abandoned",
        "ami.QueueCallerJoin__2": "contact.offered contact.queued",
        "ami.QueueCallerJoin__4": "contact.offered contact.queued",
        "ami.QueueCallerLeave__2": "ignored: the exit is told by what went before",
        "ami.QueueMemberAdded__1": "agent.state",
        "ami.QueueMemberPause__2": "agent.state",
        "ami.QueueMemberPause__3": "agent.state",
        "ami.QueueMemberPenalty__1": "ignored: no state of a person",
        "ami.QueueMemberRemoved__1": "agent.state",
        "ami.QueueMemberStatus__1": "ignored: the state of a telephone",
        "ami.QueueMemberStatus__3": "ignored: the state of a telephone",
        "ami.QueueMember__1": "ignored: a reply about what is",
        "ami.QueueParams__1": "ignored: a reply about what is",
        "ami.QueueStatus_transcript__1": "ignored: a reply about what is",
        "ami.QueueSummary__1": "ignored: a reply about what is",
        "ami.Unhold__2": "contact.resumed",
        "ami.UserEvent__1": "ignored: a centre's own event",
        "ami.originate_transcript__1": "ignored: the reply to a call that a program makes, without times",
        "ami_stream_all_queue_events__1": "contact.offered*14 contact.queued*14 contact.ringing*15 contact.answered*8 "
        "contact.ended*7 agent.state*6 contact.abandoned*5 contact.transferred",
        "cel_custom_csv__1": "ignored: CEL",
        "cel_table_answered_incoming_call__1": "ignored: CEL",
        "cel_table_answered_incoming_call_on_s__1": "ignored: CEL",
        "cel_table_early_hung_up_incoming_call__1": "ignored: CEL",
        "cel_table_given_queue_call_then_destination_user_uuid_should_be_a__1": "ignored: CEL",
        "cel_table_noanswer_forward_to_internal_answered__1": "ignored: CEL",
        "cel_table_not_answered_incoming_call_with_unconditional_forward__1": "ignored: CEL",
        "cel_table_switchboard_call_answered_then_put_in_shared_queue_then__1": "ignored: CEL",
        "queue_log.ADDMEMBER_REMOVEMEMBER__1": "agent.state*2",
        "queue_log.BLINDTRANSFER__1": "contact.offered contact.queued contact.answered contact.transferred",
        "queue_log.COMPLETEAGENT__1": "contact.offered contact.queued contact.answered contact.ended",
        "queue_log.COMPLETECALLER__1": "contact.offered contact.queued contact.answered contact.ended",
        "queue_log.EXITEMPTY__1": "contact.offered contact.queued contact.overflowed",
        "queue_log.EXITWITHKEY__1": "contact.offered contact.queued contact.ringing contact.overflowed",
        "queue_log.RINGCANCELED_ABANDON_short__1": "contact.offered contact.queued contact.ringing contact.abandoned",
        "queue_log.RINGNOANSWER_then_ABANDON_pipe_in_callerid_name__1": "contact.offered contact.queued "
        "contact.ringing*2 contact.abandoned",
        "queue_log.agent_state_lines__1": "source.restarted agent.state*6",
        "queue_log.custom_CSAT_via_AMI_QueueLog__1": "ignored: a centre's own line",
        "queue_log.three_callers_position_2__1": "contact.offered contact.queued contact.answered contact.ended",
        "queue_log.url_in_ENTERQUEUE__1": "contact.offered contact.queued contact.answered contact.ended",
        "queue_log_full__1": "source.restarted contact.offered*14 contact.queued*14 contact.answered*8 contact.ended*7 "
        "agent.state*8 contact.ringing*5 contact.abandoned*2 contact.overflowed*4 contact.transferred",
        "queue_log_missing_exit__1": "contact.offered*3 contact.queued*3",
        "queue_log_ringall_2010__1": "contact.offered*2 contact.queued*2 contact.ringing*10 contact.answered*2 contact.ended*2",
        "queue_log_table_wazo__1": "contact.offered*2 contact.queued*2 contact.overflowed*2 "
        "contact.ringing*3 contact.answered contact.ended",
        "queue_log_table_wazo__11": "agent.state*5",
        "queue_log_table_wazo__13": "agent.state*2",
        "queue_log_table_wazo__17": "agent.state*3",
        "queue_log_table_wazo__2": "contact.offered*4 contact.queued*4 contact.overflowed*4 "
        "contact.ringing contact.answered*2 contact.transferred contact.ended",
        "queue_log_table_wazo__3": "agent.state*9",
        "queue_log_table_wazo__4": "agent.state*9",
        "queue_log_table_wazo__6": "agent.state*13",
        "queue_log_table_wazo__8": "agent.state*5",
        "queue_log_tail_docs__1": "source.restarted*6 agent.state contact.offered*2 contact.queued*2 contact.abandoned",
    },
    "chatwoot": {
        "conversation_status_changed__1": "ticket.assigned ticket.reopened ticket.resumed",
        "conversation_updated_fragment__1": "unreadable: $",
        "message_created_2020__1": "unreadable: $",
        "message_created__1": "ticket.customer_replied ticket.reopened ticket.resumed",
        "message_created_documented__1": "unreadable: $",
        "push_message_instagram__2": "ignored: a message of the socket",
        "push_message_newsletteremail__1": "ignored: a message of the socket",
        "push_message_simpleemail__1": "ignored: a message of the socket",
        "push_message_simpletext__1": "ignored: a message of the socket",
        "push_message_textonly__1": "ignored: a message of the socket",
    },
    "cloudevents": {
        "http-protocol-binding__2": "ignored: an HTTP message as text",
        "http-protocol-binding__3": "ignored: an HTTP message as text",
        "http-protocol-binding__4": "ignored: an HTTP message as text",
        "http-webhook__1": "ignored: an HTTP message as text",
        "http-webhook__3": "ignored: an HTTP message as text",
        "http-webhook__4": "ignored: an HTTP message as text",
        "json-format__3": "ignored: another type",
        "json-format__4": "ignored: an HTTP message as text",
        "json-format__6": "ignored: an HTTP message as text",
        "json-format__8": "ignored: an HTTP message as text",
        "spec__1": "ignored: another type",
    },
    "cloudtalk": {
        "call-ended__1": "ignored: the body of somebody else",
        "call-ended__2": "ignored: the body of somebody else",
        "call-recording-ready__2": "ignored: the body of somebody else",
        "call-recording-ready__3": "ignored: the body of somebody else",
        "transcription-ready__1": "ignored: the body of somebody else",
    },
    "dialpad": {
        "call.hangup_outbound__1": "contact.offered contact.answered contact.ended*2",
        "call.hangup_transferred_office__1": "contact.offered",
        "call_rest.missed_leg__1": "contact.ringing*2",
        "sms.inbound__1": "ignored: a text message",
    },
    "django_helpdesk": {
        "email_customer_reply__1": "ticket.opened ticket.customer_replied ticket.assigned",
        "email_reply_on_resolved__1": "ticket.opened ticket.customer_replied*2 ticket.assigned ticket.solved",
        "followup_private_note__1": "ticket.opened ticket.noted ticket.assigned",
        "followup_public_reply__1": "ticket.opened ticket.noted ticket.agent_replied ticket.assigned",
        "followup_reopened__1": "ticket.opened ticket.noted ticket.agent_replied*3 ticket.solved ticket.reopened ticket.assigned",
        "new_ticket_api__1": "ticket.opened ticket.assigned",
        "ui_resolved__1": "ticket.opened ticket.noted ticket.agent_replied*5 ticket.solved*2 ticket.reopened*2 ticket.assigned",
        "ui_update_owner_priority__1": "ticket.opened ticket.noted ticket.agent_replied*4 ticket.solved ticket.reopened*2 "
        "ticket.assigned",
    },
    "freescout": {
        "convo.created__1": "ticket.opened",
        "convo.created_reduced__1": "ticket.opened",
    },
    "freeswitch": {
        "callcenter.member-queue-start__1": "ignored: calls are taken from records unless settings say otherwise",
        "json_cdr__2": "ignored: an excerpt of a leg that is not over",
    },
    "freshcaller": {
        "validateusermultipledigits__1": "ignored: a question of a call flow to an app",
        "validateuserphonenumber__1": "ignored: a question of a call flow to an app",
        "validateusersingledigit__1": "ignored: a question of a call flow to an app",
        "validatevipuser__1": "ignored: a question of a call flow to an app",
    },
    "freshdesk": {
        "api_agent_1__1": "ignored: a record of the API",
        "api_all_tickets__1": "ignored: a record of the API",
        "api_conversations__1": "ignored: a record of the API",
        "api_groups__1": "ignored: a record of the API",
        "api_ticket_1__1": "ignored: a record of the API",
        "automation_priority_changed__1": "ignored: nothing that is counted",
        "automation_private_note__1": "ticket.noted",
        "automation_status_changed__1": "ticket.reopened ticket.paused",
        "automation_template__1": "ignored: the template itself",
        "automation_ticket_created__1": "ticket.opened",
        "onconversationcreate__1": "ignored: an event of the app platform",
        "onconversationcreate__3": "ignored: an event of the app platform",
        "onconversationcreate__6": "ignored: an event of the app platform",
        "onticketcreate__2": "ignored: an event of the app platform",
        "onticketcreate__4": "ignored: an event of the app platform",
        "onticketcreate__6": "ignored: an event of the app platform",
        "onticketcreate__7": "ignored: an event of the app platform",
        "onticketcreate__8": "ignored: an event of the app platform",
        "onticketupdate__1": "ignored: an event of the app platform",
        "onticketupdate__2": "ignored: an event of the app platform",
        "onticketupdate__4": "ignored: an event of the app platform",
    },
    "freshservice": {
        "onconversationcreate__1": "ignored: an event of the app platform",
        "onticketcreate__1": "ignored: an event of the app platform",
        "onticketupdate__2": "ignored: an event of the app platform",
    },
    "front": {
        "api_conversations_conversations__1": "ignored: a REST resource",
        "assign__1": "ticket.assigned",
        "reopen__1": "ticket.reopened",
    },
    "genesys_cloud": {
        "conversation_call.agent_legs__1": "ignored: a REST resource",
        "notification.heartbeat__1": "ignored: the heartbeat of a WebSocket",
    },
    "gorgias": {
        "api_153006867_tickets__1": "ticket.opened ticket.assigned ticket.reopened ticket.resumed ticket.agent_replied*5",
        "registration__1": "ignored: the integration itself",
        "ticket-message-created__1": "ticket.agent_replied",
    },
    "helpscout": {
        "api_v1_conversation_10__1": "ignored: a REST resource",
        "api_v1_conversation_11__1": "ignored: a REST resource",
        "api_v1_conversation_13__1": "ignored: a REST resource",
        "api_v1_customer__1": "ignored: a REST resource",
        "api_v2_conversation__1": "ignored: a REST resource",
        "api_v2_thread__1": "ignored: a REST resource",
        "api_v2_webhook__1": "ignored: a REST resource",
        "customer.created__1": "ignored: no conversation",
        "satisfaction.ratings__1": "survey.answered",
    },
    "hubspot": {
        "api_search_tickets__1": "ignored: a REST resource",
        "subscription_batch__1": "ignored: contacts",
        "subscription_contact.creation__1": "ignored: contacts",
        "subscription_contact__1": "ignored: contacts",
        "workflow_company__1": "ignored: a company",
        "workflow_contact__1": "ignored: a contact",
    },
    "intercom": {
        "api_close_conversation__1": "ignored: a REST resource",
        "api_get_conversation__1": "ignored: a REST resource",
        "api_reopen_conversation__1": "ignored: a REST resource",
        "api_search_conversations__1": "ignored: a REST resource",
        "api_snooze_conversation__1": "ignored: a REST resource",
        "company.created__1": "ignored: no conversation",
        "contact.signed_up__1": "ignored: no conversation",
        "conversation.admin.assigned__1": "ticket.assigned",
        "conversation.admin.assigned__3": "ticket.assigned",
        "conversation.admin.closed__1": "ticket.solved",
        "conversation.admin.opened__1": "ticket.reopened",
        "conversation.admin.replied__1": "ticket.agent_replied",
        "conversation.user.replied__1": "ticket.customer_replied ticket.reopened ticket.resumed",
        "event.created__1": "ignored: no conversation",
        "ticket.closed__1": "ticket.assigned*4 ticket.agent_replied*2 ticket.solved*2",
        "user.created__1": "ignored: no conversation",
        "user.deleted__1": "ignored: no conversation",
        "user.tag.created__1": "ignored: no conversation",
        "user.unsubscribed__1": "ignored: no conversation",
    },
    "jira": {
        "api_get_issue_changelog__1": "ignored: a REST resource",
        "api_list_issue_comments__1": "ignored: a REST resource",
        "cloud_comment_created__1": "ignored: nobody can tell whose comment it is",
        "cloud_comment_deleted__1": "ignored: an edited or deleted comment",
        "cloud_comment_updated__1": "ignored: an edited or deleted comment",
        "cloud_issue_created_many_fields__1": "ticket.opened ticket.assigned",
        "cloud_issue_updated_custom_field__1": "ignored: nothing that is counted",
        "issue_assigned_empty_changelog__1": "ticket.assigned",
        "issue_comment_created_indentation__1": "ticket.customer_replied",
        "issue_created__1": "ticket.opened",
        "issue_created_no_description_nor_relevant_fields__1": "ticket.opened",
        "issue_created_no_relevant_fields__1": "ticket.opened",
        "issue_created_with_security_level__1": "ticket.opened",
        "issue_updated_assigned__1": "ticket.assigned",
        "issue_updated_assigned_nobody__1": "ignored: an assignment taken back",
        "issue_updated_assigned_on_server__1": "ticket.assigned",
        "issue_updated_attachments__1": "ignored: nothing that is counted",
        "issue_updated_components__1": "ignored: nothing that is counted",
        "issue_updated_edited__1": "ignored: nothing that is counted",
        "issue_updated_fix_version__1": "ignored: nothing that is counted",
        "issue_updated_labels__1": "ignored: nothing that is counted",
        "issue_updated_lowered_priority__1": "ignored: nothing that is counted",
        "issue_updated_multiple_custom_fields__1": "ignored: nothing that is counted",
        "issue_updated_multiple_values__1": "ignored: nothing that is counted",
        "issue_updated_raised_priority__1": "ignored: nothing that is counted",
        "issue_updated_rank__1": "ignored: nothing that is counted",
        "issue_updated_reopened__1": "ticket.reopened",
        "issue_updated_resolved__1": "ticket.solved",
        "issue_updated_resolved_one_changelog__1": "ignored: a status that the recorder cut out of the change",
        "issue_updated_sprint__1": "ignored: nothing that is counted",
        "issue_updated_started_working__1": "ignored: from open to open",
        "server_comment_created__1": "ignored: comes with the issue as well",
        "server_comment_deleted__1": "ignored: an edited or deleted comment",
        "server_comment_updated__1": "ignored: an edited or deleted comment",
        "server_issue_updated_closed__1": "ticket.closed",
        "server_issue_updated_comment_deleted__1": "ignored: an edited or deleted comment",
        "server_issue_updated_comment_edited__1": "ignored: an edited or deleted comment",
        "server_issue_updated_commented_1__1": "ticket.agent_replied",
        "server_issue_updated_commented_2__1": "ticket.agent_replied",
        "server_issue_updated_commented_mention_user__1": "ticket.agent_replied",
        "server_issue_updated_in_progress__1": "ignored: from open to open",
        "server_issue_updated_many_fields__1": "ignored: nothing that is counted",
        "server_issue_updated_resolved__1": "ticket.solved",
        "server_old_issue_updated_no_event_type_assigned__1": "ticket.assigned",
        "server_old_issue_updated_no_event_type_comment_deleted__1": "ignored: an edited or deleted comment",
        "server_old_issue_updated_no_event_type_commented__1": "ticket.agent_replied",
        "server_old_issue_updated_no_event_type_edited__1": "ignored: nothing that is counted",
        "server_updated_custom_field__1": "ignored: nothing that is counted",
    },
    "justcall": {
        "call_rest.answered__1": "ignored: a REST resource",
        "jc.call_ai_generated__1": "ignored: a product that counts nothing",
    },
    "kustomer": {
        "kustomer.conversation.update__1": "unreadable: $",
    },
    "liveagent": {
        "api_ticket__1": "ignored: a record of the API",
        "ivr_fetch__1": "ignored: a template of a voice menu",
    },
    "mango_office": {
        "events_call.Appeared_abonent_transfer__1": "unreadable: $",
        "events_call.Appeared_ivr__1": "contact.offered",
        "events_call_doc.callback_Appeared__1": "ignored: a ring",
        "events_call_doc.outbound_Appeared__1": "contact.offered",
    },
    "pylon": {"issue.created_minimal__1": "ignored: a poke"},
    "refiner": {
        "survey_refiner_webhook_response_0.jso__1": "ignored: no question that was named",
    },
    "ringcentral": {
        "account_presence__1": "ignored: what a telephone does, without a call",
        "call_queue_member_presence__1": "agent.state*2",
        "detailed_extension_presence__1": "ignored: what a telephone does, without a call",
        "subscription_blacklisted__1": "ignored: a REST resource",
        "telephony_session.Answered_inbound__1": "contact.answered",
        "telephony_session.Proceeding_queueCall__1": "ignored: wrapped for a mobile telephone",
        "telephony_session.Setup__1": "ignored: a side that does not ring yet",
        "telephony_session.internal_call.Answered__1": "ignored: a menu, a customer or the calling side of an internal call",
        "telephony_session.internal_call.Answered__3": "ignored: a menu, a customer or the calling side of an internal call",
        "telephony_session.internal_call.Disconnected__2": "contact.ended",
        "telephony_session.internal_call.Hold__1": "ignored: the calling side of an internal call",
        "telephony_session.internal_call.Proceeding__1": "contact.ringing",
        "telephony_session.internal_call.Setup__1": "contact.offered",
        "telephony_session.outbound_call.Answered__1": "ignored: a menu, a customer or the calling side of an internal call",
        "telephony_session.outbound_call.Answered__2": "contact.answered",
        "telephony_session.outbound_call.Disconnected__1": "contact.ended",
        "telephony_session.outbound_call.Hold__1": "contact.held",
        "telephony_session.outbound_call.Proceeding__2": "ignored: a side that hears the ringing",
        "telephony_session.pstn_inbound_via_ivr.Answered__1": "ignored: a menu, a customer or the calling side of an internal call",
        "telephony_session.pstn_inbound_via_ivr.Answered__2": "contact.answered",
        "telephony_session.pstn_inbound_via_ivr.Disconnected__1": "contact.ended",
        "telephony_session.pstn_inbound_via_ivr.Disconnected__3": "contact.ended",
        "telephony_session.pstn_inbound_via_ivr.Proceeding__1": "contact.ringing",
        "telephony_session.pstn_inbound_via_ivr.Setup__1": "contact.offered",
        "telephony_session.pstn_inbound_via_ivr.Setup__3": "ignored: a side that does not ring yet",
        "telephony_session_stream_internal_call__1": "ignored: a whole call, tried in test_ringcentral",
        "telephony_session_stream_pstn_inbound_via_ivr__1": "ignored: a whole call, tried in test_ringcentral",
    },
    "salesforce": {
        "api_cases__1": "unreadable: $.deskgauge",
        "flow_callout__1": "unreadable: $.deskgauge",
        "outbound_ack__1": "unreadable: Envelope.Body.notifications",
        "outbound_message__1": "unreadable: $",
    },
    "satismeter": {
        "survey_all_fields_check_with_event_as__1": "survey.answered*3",
        "survey_neither_reponse_user_id_or_res__1": "survey.answered*3",
    },
    "servicenow": {
        "api_get_incident__1": "unreadable: $.deskgauge",
        "api_list_change_tasks__1": "unreadable: $.deskgauge",
        "api_update_incident__1": "unreadable: $.deskgauge",
    },
    "standard_webhooks": {
        "spec_example__1": "ignored: another type",
        "spec_example__2": "ignored: another type",
        "vector__1": "ignored: a probe",
    },
    "telnyx": {
        "call.answered__1": "ignored: the customer's leg, answered by a program",
        "call.initiated__1": "contact.offered",
        "call.speak.ended__1": "ignored: speech of the program",
        "call.speak.started__1": "ignored: speech of the program",
    },
    "twilio": {
        "enqueue_action_bridged__1": "contact.answered contact.ended",
        "enqueue_action_leave__1": "contact.overflowed",
        "signature_vectors__1": "ignored: vectors",
        "taskrouter.task-queue.expression.updated__1": "ignored: the settings of a queue",
        "taskrouter.task.created__1": "contact.offered",
        "taskrouter_fixture.reservation.accepted__1": "contact.answered",
        "taskrouter_rest.reservation.created__1": "contact.ringing",
        "taskrouter_rest.worker.activity.update__1": "agent.state",
        "voice_status_completed_inbound__1": "contact.offered contact.ended",
        "voice_status_completed_outbound_human__1": "contact.offered contact.answered contact.ended",
        "voice_status_completed_outbound_test__1": "contact.offered contact.ended",
        "voice_status_ringing_twilio_compatible__1": "ignored: a ring of the customer",
        "voice_url_request_in_progress__1": "ignored: asks for TwiML",
    },
    "vonage": {
        "answer_real__1": "ignored: asks for instructions",
        "answer_webhook_get__1": "unreadable: $",
        "answer_webhook_post__1": "ignored: asks for instructions",
        "event.ringing__1": "contact.offered",
        "event.started_outbound_leg__1": "contact.offered",
        "event_doc.busy__1": "contact.ended",
        "event_doc.cancelled__1": "contact.ended",
        "event_doc.failed__1": "contact.ended",
        "event_doc.rejected__1": "contact.ended",
        "event_doc.ringing__1": "contact.offered",
        "event_doc.started__1": "contact.offered",
        "event_doc.timeout__1": "contact.ended",
        "jwt_vector__1": "ignored: a token",
    },
    "zadarma": {
        "NOTIFY_END_answered__1": "ignored: JSON, which Zadarma does not send",
        "NOTIFY_END_cancel__1": "unreadable: pbx_call_id",
    },
    "zammad": {
        "api_article__1": "ignored: a REST resource",
        "api_article__3": "ignored: a REST resource",
        "api_notification__1": "ignored: a REST resource",
        "api_sla__1": "ignored: a REST resource",
        "api_states__1": "ignored: a REST resource",
        "api_ticket__1": "ignored: a REST resource",
        "cti_answer__2": "ignored: the computer telephony interface",
        "cti_hangup__2": "ignored: the computer telephony interface",
        "cti_newcall__1": "ignored: the computer telephony interface",
        "cti_newcall__3": "ignored: the computer telephony interface",
        "default_payload__1": "ticket.opened ticket.assigned ticket.reopened ticket.resumed",
        "template_add_checklist_to_ticket__1": "ignored: a template",
        "template_basic_notification__1": "ignored: a template",
        "template_microsoft_teams_payload__1": "ignored: a template",
    },
    "zendesk": {
        "api_change_event__1": "ignored: a REST resource",
        "api_comment__1": "ignored: a REST resource",
        "api_get_ticket__1": "ignored: a REST resource",
        "api_invocation__1": "ignored: a REST resource",
        "api_satisfaction_rating__2": "ignored: a REST resource",
        "api_satisfaction_rating_event__1": "ignored: a REST resource",
        "api_ticket__1": "ignored: a REST resource",
        "api_ticket_audit__1": "ignored: a REST resource",
        "api_ticket_event__1": "ignored: a REST resource",
        "api_ticket_metric__1": "ignored: a REST resource",
        "api_trigger__1": "ignored: a REST resource",
        "api_voice_comment_event__1": "ignored: a REST resource",
        "ticket.attachment_linked_to_comment__1": "ignored: nothing that is counted",
        "ticket.comment_added__1": "ignored: nobody can tell whose comment it is",
        "ticket.created__1": "ticket.opened ticket.assigned",
        "ticket.created_integrator__1": "ticket.opened",
        "ticket.created_redact_test__1": "ticket.opened",
        "trigger_invocation_attempt__1": "ignored: a copy out of a log",
        "user.active_changed__1": "ignored: no ticket",
        "user.group_membership_created__1": "ignored: no ticket",
        "vector__1": "ignored: signed with the public test secret",
        "zis_agent_assignment_changed__1": "ignored: Integration Services",
    },
    "zendesk_talk": {
        "api_account_overview__1": "ignored: totals",
        "api_agents_overview__1": "ignored: totals",
        "api_call__1": "contact.offered contact.queued contact.ended*2",
        "api_current_queue_activity__1": "ignored: the present moment",
        "api_leg__1": "ignored: the customer's leg",
    },
    "zoom_phone": {
        "phone.callee_call_element_completed__1": "ignored: a member's ring, not the queue's end",
        "phone.callee_call_history_completed__1": "ignored: nothing of a queue",
        "phone.callee_call_log_completed__1": "ignored: the older log",
        "phone.callee_ringing__1": "unreadable: $.payload.object.ringing_start_time",
        "signature_vectors__1": "ignored: vectors",
    },
    "zoho_desk": {
        "api_get_ticket__1": "ignored: a REST resource",
        "api_list_ticket_threads__1": "ignored: a REST resource",
        "api_list_tickets__1": "ignored: a REST resource",
        "api_update_ticket__1": "ignored: a REST resource",
        "webhook_registration__1": "ignored: the request that makes a webhook",
    },
}
CASES = [(folder, name) for folder, names in EXPECTED.items() for name in names]
URL = "https://kpi.example.com/hooks/x"


def recorded(folder: str, name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(shared("payloads", folder, f"{name}.json").read_text())
    return payload


def raw(payload: dict[str, Any], **more: str) -> WebhookRequest:
    body = payload["body"]
    if isinstance(body, dict) and "json" in body:
        body = urlencode(body)
    elif not isinstance(body, str):
        body = json.dumps(body)
    headers = {name: str(value) for name, value in payload["headers"].items()}
    return build_request(url=URL, body=body, headers={**more, **headers})


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_a_recorded_payload_is_read_or_knowingly_ignored(folder: str, name: str) -> None:
    adapter, payload, expected = find_adapters()[ADAPTERS[folder]], recorded(folder, name), EXPECTED[folder][name]
    for request in (raw(payload), raw(payload, **{"content-type": payload["content_type"]})):
        told = kinds_of(adapter, request)
        assert (told or expected) == expected, name
        assert bool(told) is not expected.startswith("ignored: "), name


def kinds_of(adapter: Adapter, request: WebhookRequest) -> str:
    try:
        kinds = Counter(event.kind.value for event in adapter.parse(request, {}))
    except BadPayload as problem:
        return f"unreadable: {problem.path}"
    return " ".join(kind if number == 1 else f"{kind}*{number}" for kind, number in kinds.items())


@pytest.mark.parametrize("folder", ADAPTERS)
def test_the_table_leaves_no_payload_out(folder: str) -> None:
    assert [name for name, _ in shared_payloads(folder)] == list(EXPECTED[folder])


# -- published signatures

#: vendor of a vector --> adapter, its settings, the header of the signature, that of the signed time
SIGNERS: Mapping[str, tuple[str, dict[str, str], str, str]] = {
    "zendesk": ("zendesk", {}, "X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp"),
    "zendesk_OLD_DOCS_WRONG_ORDER": (
        "zendesk",
        {},
        "X-Zendesk-Webhook-Signature",
        "X-Zendesk-Webhook-Signature-Timestamp",
    ),
    "standard_webhooks": ("generic", {"auth": "standard_webhooks"}, "webhook-signature", "webhook-timestamp"),
}
WRONG = frozenset({"zendesk_OLD_DOCS_WRONG_ORDER"})


def test_published_vectors_pass_at_their_time_and_those_known_to_be_wrong_are_refused() -> None:
    vectors = json.loads(shared("vendors", "signature-vectors-ticketing.json").read_text())
    ours = [vector for vector in vectors if vector["vendor"] in SIGNERS]
    assert Counter(vector["vendor"] for vector in ours) == {
        "zendesk": 2,
        "zendesk_OLD_DOCS_WRONG_ORDER": 1,
        "standard_webhooks": 1,
    }
    for vector in ours:
        assert accepts(vector, vector["body"]) is (vector["vendor"] not in WRONG), vector["vendor"]
        assert not accepts(vector, vector["body"] + " ")


def accepts(vector: dict[str, Any], body: str) -> bool:
    key, settings, signature, timestamp = SIGNERS[vector["vendor"]]
    stamp = vector["headers"][timestamp]
    signed_at = datetime.fromtimestamp(int(stamp), UTC) if stamp.isdigit() else datetime.fromisoformat(stamp)
    headers = {**vector["headers"], signature: vector["expected"]}
    request = build_request(url=URL, body=body, headers=headers, received_at=signed_at)
    try:
        find_adapters()[key].verify(request, {**settings, "secret": vector["secret"]})
    except Rejected:
        return False
    return True
