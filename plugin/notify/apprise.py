"""Messages through Apprise to the services that it knows: https://github.com/caronc/apprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from plugin.notify.errors import DeliveryFailed
from plugin.notify.message import Message
from plugin.notify.named import value_of, variable
from plugin.notify.notifier import Envelope, Receipt
from plugin.notify.text import plain_text

_KIND = "apprise"
#: state of an incident --> Apprise's kind of notice, by which services choose colour and sound
_NOTICES = {"firing": "warning", "recovered": "success"}


@dataclass(frozen=True, kw_only=True, slots=True)
class AppriseNotifier:
    """`values` are the services' URLs by what follows DESKGAUGE_APPRISE_. Apprise says only yes or no, so no is tried again."""

    values: Mapping[str, str] = field(repr=False)

    def send(self, message: Message, envelope: Envelope) -> Receipt:
        name = envelope.target
        service = self._service(name)
        sent = service.notify(
            title=message.title,
            body=plain_text(replace(message, title="")) or message.title,
            notify_type=_NOTICES.get(str(message.data.get("state", "")), "info"),
            body_format="text",
        )
        if not sent:
            raise DeliveryFailed(f"Apprise could not send to {name}; its log says why.", permanent=False)
        return Receipt(where=name, reference=envelope.id)

    def edit(self, message: Message, envelope: Envelope) -> Receipt:
        return self.send(message, envelope)

    def find_sent(self, envelope: Envelope) -> Receipt | None:
        return None

    def _service(self, name: str) -> Any:
        url = value_of(_KIND, self.values, name)
        try:
            # imported here, because it is an extra and takes half a second
            from apprise import Apprise
        except ImportError:
            text = "Apprise is not installed: install `deskgauge[apprise]`."
            raise DeliveryFailed(text, permanent=True, broken=True) from None
        service = Apprise()
        if not service.add(url):
            text = f"{variable(_KIND, name)} is not an address that Apprise knows: correct it."
            raise DeliveryFailed(text, permanent=True, broken=True)
        return service
