"""FreeSWITCH in, calls and agent states out: records of mod_json_cdr, and events of mod_callcenter that a script posts.

Read on 2026-11-27: src/mod/event_handlers/mod_json_cdr/mod_json_cdr.c (one POST per leg, `?uuid=` is appended, any 2xx is success,
else the next URL, `retries`, a file) and src/mod/applications/mod_callcenter/mod_callcenter.c of https://github.com/signalwire/freeswitch.
Held against 20 calls that were made through FreeSWITCH 1.10.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters._freeswitch_body import read_body
from adapters._freeswitch_callcenter import callcenter_events
from adapters._freeswitch_cdr import record_events
from adapters._freeswitch_leg import DEFAULT_DIGITS, read_names
from plugin.contract.adapter import Adapter, Setting, Settings, first, secrets
from plugin.contract.event import Event, Kind
from plugin.contract.request import WebhookRequest
from plugin.contract.signature import basic_credentials, require_match

HINT = "Compare the password in `cred` of json_cdr.conf.xml with that of this source, and leave `auth-scheme` at basic."
#: what the records of a queued call still tell of agents where events tell the rest
BESIDE_EVENTS = (Kind.CONTACT_HELD, Kind.CONTACT_RESUMED, Kind.CONTACT_TRANSFERRED)
#: and of the call as a whole: events of queues know neither its beginning nor its end
FRAME = (Kind.CONTACT_OFFERED, Kind.CONTACT_ENDED, Kind.CONTACT_VOICEMAIL)


def verify(request: WebhookRequest, settings: Settings) -> None:
    """FreeSWITCH signs nothing, so the secret part of the URL counts as well."""
    _, password = basic_credentials(request.headers, HINT)
    require_match(password, secrets(settings, "password"), lambda secret: secret, HINT)


def parse(request: WebhookRequest, settings: Settings) -> Sequence[Event]:
    contents, names = read_body(request.body), read_names(settings)
    from_events = first(settings, "record", "cdr") == "events"
    events = [event for body in contents.events for event in callcenter_events(body, names, with_calls=from_events)]
    if contents.record is None:
        return events
    told = record_events(contents.record, names)
    if from_events and "cc_side" in contents.record["variables"]:
        return [event for event in told if event.kind in (FRAME if event.agent is None else BESIDE_EVENTS)]
    return told


CONNECT = """\
1. On the FreeSWITCH machine put this into autoload_configs/json_cdr.conf.xml, inside <settings>:
     <param name="url" value="{url}"/>
     <param name="cred" value="deskgauge:{secret}"/>
     <param name="log-b-leg" value="true"/>
     <param name="encode" value="false"/>
     <param name="retries" value="5"/>
     <param name="delay" value="10"/>
     <param name="err-log-dir" value="/var/log/freeswitch/json_cdr"/>
   The user's name in cred does not matter; what stands after the colon is the password of this source.
2. Load the module: fs_cli -x 'load mod_json_cdr', and add <load module="mod_json_cdr"/> to modules.conf.xml.
3. Enter the document names, so that reports show people and not alice@default or 1001.
4. Optional, for log-in and breaks: post the events callcenter::info to the same address; docs/adapters/freeswitch.md has a script.
"""

ADAPTER = Adapter(
    key="freeswitch",
    title="FreeSWITCH",
    kind="telephony",
    channels=("voice",),
    settings=(
        Setting(
            key="password",
            label="Password",
            help="What stands after the colon in `cred` of json_cdr.conf.xml; two while it is changed.",
            secret=True,
            required=True,
        ),
        Setting(
            key="record",
            label="Record that counts",
            help="cdr or events: calls from the records of mod_json_cdr, or live from the events of mod_callcenter.",
            default="cdr",
        ),
        Setting(
            key="names",
            label="Names",
            help="Lines `name in FreeSWITCH = name in reports` for queues, agents and extensions: `1001 = Alice Example`.",
            file=True,
        ),
        Setting(
            key="extension_digits",
            label="Digits of extensions",
            help="A number of at most so many digits is an own extension, a longer one somebody outside.",
            default=str(DEFAULT_DIGITS),
        ),
    ),
    verify=verify,
    parse=parse,
    facts=("wait", "talk", "hold", "ring", "transfer", "abandon", "agent", "queue", "agent_state", "login"),
    signature_scheme="HTTP Basic authentication, and a secret URL",
    docs="docs/adapters/freeswitch.md",
    connect=CONNECT,
)
