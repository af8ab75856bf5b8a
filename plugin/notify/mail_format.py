"""A message as an e-mail: HTML, the same in plain text, and the picture inside; the same name on every repeat."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, getaddresses
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from plugin.notify.chart import describe, render_png
from plugin.notify.errors import ChartFailed, DeliveryFailed
from plugin.notify.message import Message
from plugin.notify.notifier import Envelope
from plugin.notify.text import BAD_MARK, one_line, plain_text, unbroken
from plugin.notify.wording import colon, more, unsubscribe

_TEMPLATES = Path(__file__).parent / "templates"
#: narrow, since a phone shrinks it to 350 and its text with it
_PICTURE_WIDTH = 440
#: bodies in ASCII, because a server that has to recode them breaks a signature (RFC 6376, 5.3)
_POLICY = SMTP.clone(cte_type="7bit")
#: in bytes; Gmail clips what is over 102 kB, and the foot with it
LARGEST = 100_000
_CUT = 5
_TYPED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """`address` is the From line, with or without a name; `unsubscribe_url` takes a POST without a login (RFC 8058)."""

    address: str
    unsubscribe_url: str = ""

    @property
    def domain(self) -> str:
        return addresses(self.address)[0].rpartition("@")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What could be drawn of the message's chart: `png` is empty and `note` says why when nothing could."""

    png: bytes = b""
    note: str = ""


def draw(message: Message) -> Picture:
    if message.chart is None:
        return Picture()
    try:
        return Picture(png=render_png(message.chart, width=_PICTURE_WIDTH, language=message.language))
    except ChartFailed as error:
        return Picture(note=f"The picture is missing: {error}")


def compose(message: Message, envelope: Envelope, sender: Sender, picture: Picture) -> EmailMessage:
    """Raises `DeliveryFailed` for an address that is none."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = formataddr(_parsed(sender.address)[0])
    mail["To"] = ", ".join(addresses(envelope.target))
    mail["Subject"] = one_line(message.title)
    mail["Date"] = format_datetime(envelope.created_at)
    mail["Message-ID"] = message_id(envelope.id, sender)
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.follows:
        mail["In-Reply-To"] = mail["References"] = envelope.follows.reference
    if url := _leave_url(message, sender):
        mail["List-Unsubscribe"] = f"<{url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _add_bodies(mail, envelope.id, message, sender, picture)
    return mail


def _leave_url(message: Message, sender: Sender) -> str:
    return message.unsubscribe_url or sender.unsubscribe_url


def message_id(name: str, sender: Sender) -> str:
    """Constant over repeats: a mail server and a mail program recognise the second copy by it."""
    return f"<{name}@deskgauge.{sender.domain}>"


def addresses(text: str) -> list[str]:
    """Bare addresses of a comma-separated list, domains in ASCII; raises `DeliveryFailed` for what is none."""
    return [address for _, address in _parsed(text)]


def _parsed(text: str) -> list[tuple[str, str]]:
    if any(character in text for character in "\r\n\0"):
        raise DeliveryFailed("The e-mail address contains a line break: correct it.", permanent=True, broken=True)
    found = getaddresses([text])
    if not found:
        raise DeliveryFailed("There is no e-mail address: enter one.", permanent=True, broken=True)
    return [(name, _ascii_domain(address)) for name, address in found]


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        spec = f"{local}@{domain.encode('idna').decode()}"
        Address(addr_spec=spec)
    except (UnicodeError, ValueError, IndexError, HeaderParseError):
        text = "An e-mail address is not of the form name@example.org: correct it."
        raise DeliveryFailed(text, permanent=True, broken=True) from None
    return spec


def _add_bodies(mail: EmailMessage, name: str, message: Message, sender: Sender, picture: Picture) -> None:
    text = plain_text(message)
    if url := _leave_url(message, sender):
        text += f"\n{unsubscribe(message.language)}: {url}\n"
    mail.set_content(text)
    content_id = f"chart.{name}@deskgauge"
    source = f"cid:{content_id}" if picture.png else ""
    mail.add_alternative(html(message, sender, source), subtype="html")
    if picture.png:
        part = mail.get_payload()[1]  # type: ignore[index]
        assert isinstance(part, EmailMessage)
        part.add_related(
            picture.png,
            maintype="image",
            subtype="png",
            cid=f"<{content_id}>",
            filename="chart.png",
            disposition="inline",
        )


def html(message: Message, sender: Sender, picture: str) -> str:
    """`picture` is the address of the image, empty where there is none. A table that Gmail would clip is cut, and says so."""
    rows = message.table.rows if message.table else ()
    written, kept = _render(message, sender, picture, ""), len(rows)
    while len(written.encode()) > LARGEST and message.table and kept > 0:
        kept = max(0, kept - _CUT)
        shorter = replace(message, table=replace(message.table, rows=rows[:kept]))
        written = _render(shorter, sender, picture, more(len(rows) - kept, message.language))
    return written


def _render(message: Message, sender: Sender, picture: str, left_out: str) -> str:
    return (
        _environment()
        .get_template("message.html.j2")
        .render(
            message=message,
            buttons=[action for action in message.actions if action.url],
            picture=picture,
            left_out=left_out,
            description=describe(message.chart, message.language) if message.chart else "",
            bad_mark=BAD_MARK,
            colon=colon(message.language),
            unsubscribe_url=_leave_url(message, sender),
            unsubscribe_word=unsubscribe(message.language),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_kept_together,
    )
    environment.filters["lines"] = _lines
    return environment


def _lines(text: str) -> Markup:
    """Line breaks of the text as elements, because Outlook's and Samsung's programs know no `white-space: pre-line`.

    What stands in backticks is to be typed.
    """
    return Markup("<br>\n").join(map(_line, text.split("\n")))


def _line(text: str) -> Markup:
    parts = _TYPED.split(unbroken(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _kept_together(value: object) -> object:
    return unbroken(value) if type(value) is str else value
