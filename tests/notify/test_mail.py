from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import smtp_server
from fake_slack import START
from smtp_server import Mailbox

from plugin.notify.errors import DeliveryFailed
from plugin.notify.mail import MailNotifier, SmtpServer, parse_smtp_url
from plugin.notify.mail_format import Sender
from plugin.notify.message import Cell, Chart, Link, Message, Point, Section, Series, Table, Tone
from plugin.notify.notifier import Envelope, Receipt

CHART = Chart(title="Calls", series=(Series(name="", points=(Point(label="08", value=12),)),))
TABLE = Table(columns=("Queue", "SL"), rows=((Cell(text="Billing"), Cell(text="66.5 %", tone=Tone.BAD)),))
SENDER = Sender(address="Deskgauge <digest@desk.example.org>", unsubscribe_url="https://desk.example.org/u/1")


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with smtp_server.running(tmp_path) as box:
        yield box


@pytest.fixture
def notifier(mailbox: Mailbox) -> MailNotifier:
    return MailNotifier(server=parse_smtp_url(mailbox.url()), sender=SENDER)


def _envelope(target: str = "lead@example.org", name: str = "a" * 32, follows: Receipt | None = None) -> Envelope:
    return Envelope(id=name, target=target, created_at=START, follows=follows)


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_both_bodies_hold_the_same_numbers_and_the_picture_is_inside(mailbox: Mailbox, notifier: MailNotifier) -> None:
    message = Message(title="Yesterday", summary="132 calls", table=TABLE, chart=CHART)
    receipt = notifier.send(message, _envelope())
    (mail,) = mailbox.mails
    assert mailbox.secured == [True]
    assert receipt == Receipt(where="lead@example.org", reference=f"<{'a' * 32}@deskgauge.desk.example.org>")
    for kind in ("plain", "html"):
        body = _part(mail, kind)
        assert "132 calls" in body
        assert "66.5 % !" in body
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    content_id = str(pictures[0]["Content-ID"]).strip("<>")
    assert f'src="cid:{content_id}"' in _part(mail, "html")
    assert pictures[0].get_content().startswith(b"\x89PNG")


def test_headers_let_a_repeat_be_recognised_and_a_reader_leave(mailbox: Mailbox, notifier: MailNotifier) -> None:
    first = notifier.send(Message(title="Firing"), _envelope())
    notifier.send(Message(title="Firing"), _envelope())
    notifier.send(Message(title="Recovered"), _envelope(name="b", follows=first))
    one, repeat, reply = mailbox.mails
    assert one["Message-ID"] == repeat["Message-ID"] == first.reference
    assert one["Date"] == repeat["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert reply["In-Reply-To"] == reply["References"] == first.reference
    assert one["List-Unsubscribe"] == "<https://desk.example.org/u/1>"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one["Auto-Submitted"] == "auto-generated"


def test_markup_in_the_data_stays_text(mailbox: Mailbox, notifier: MailNotifier) -> None:
    evil = "<script>alert('x')</script> & \"q\""
    table = Table(columns=(evil, "n"), rows=((Cell(text=evil), Cell(text="1")),))
    notifier.send(
        Message(title=evil, summary=evil, sections=(Section(title=evil, text=evil),), table=table, footer=evil),
        _envelope(),
    )
    html = _part(mailbox.mails[0], "html")
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 7


def test_a_line_break_in_a_title_makes_no_header(mailbox: Mailbox, notifier: MailNotifier) -> None:
    notifier.send(Message(title="Calls\r\nBcc: other@example.org"), _envelope())
    assert mailbox.mails[0]["Bcc"] is None
    assert mailbox.mails[0]["Subject"] == "Calls Bcc: other@example.org"


@pytest.mark.parametrize("target", ["lead@example.org\r\nBcc: other@example.org", "", "nobody", "@example.org", "a@"])
def test_an_address_that_is_none_is_refused(mailbox: Mailbox, notifier: MailNotifier, target: str) -> None:
    with pytest.raises(DeliveryFailed, match="address") as failure:
        notifier.send(Message(title="x"), _envelope(target))
    assert failure.value.broken
    assert mailbox.mails == []


def test_one_refused_recipient_is_reported_while_the_others_get_it(mailbox: Mailbox, notifier: MailNotifier) -> None:
    mailbox.refuse_recipients["gone@example.org"] = "550 no such user"
    receipt = notifier.send(Message(title="x"), _envelope("lead@example.org, gone@example.org"))
    assert mailbox.recipients == [["lead@example.org"]]
    assert receipt.note == "gone@example.org was refused: 550 no such user"


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("451 try later", False), ("450 greylisted", False)]
)
def test_a_refused_recipient_is_broken_or_asked_again(
    mailbox: Mailbox, notifier: MailNotifier, answer: str, permanent: bool
) -> None:
    mailbox.refuse_recipients["lead@example.org"] = answer
    with pytest.raises(DeliveryFailed, match=answer) as failure:
        notifier.send(Message(title="x"), _envelope())
    assert (failure.value.permanent, failure.value.broken) == (permanent, permanent)


@pytest.mark.parametrize(("answer", "permanent"), [("451 later", False), ("552 too big", True), ("554 spam", True)])
def test_a_refused_message_is_not_the_addresss_fault(
    mailbox: Mailbox, notifier: MailNotifier, answer: str, permanent: bool
) -> None:
    mailbox.answers.append(answer)
    with pytest.raises(DeliveryFailed, match=answer) as failure:
        notifier.send(Message(title="x"), _envelope())
    assert (failure.value.permanent, failure.value.broken) == (permanent, False)


def test_a_wrong_password_names_the_setting(mailbox: Mailbox) -> None:
    server = parse_smtp_url(mailbox.url(credentials="deskgauge:wrong@"))
    with pytest.raises(DeliveryFailed, match="SMTP_URL") as failure:
        MailNotifier(server=server, sender=SENDER).send(Message(title="x"), _envelope())
    assert failure.value.permanent


def test_an_unknown_certificate_is_not_trusted(mailbox: Mailbox) -> None:
    server = SmtpServer(host=mailbox.host, port=mailbox.port, tls="starttls")
    with pytest.raises(DeliveryFailed, match="certificate is not trusted") as failure:
        MailNotifier(server=server, sender=SENDER).send(Message(title="x"), _envelope())
    assert failure.value.permanent


def test_a_server_without_starttls_gets_nothing_unless_told_so(tmp_path: Path) -> None:
    with smtp_server.running(tmp_path, starttls=False) as box:
        with pytest.raises(DeliveryFailed, match="starttls=no"):
            MailNotifier(server=parse_smtp_url(box.url()), sender=SENDER).send(Message(title="x"), _envelope())
        assert box.mails == []
        plain = parse_smtp_url(box.url(query="&starttls=no", credentials=""))
        MailNotifier(server=plain, sender=SENDER).send(Message(title="x"), _envelope())
        assert len(box.mails) == 1


def test_a_connection_that_breaks_after_the_message_is_tried_again_under_the_same_name(
    mailbox: Mailbox, notifier: MailNotifier
) -> None:
    mailbox.cut_after_accepting = 1
    with pytest.raises(DeliveryFailed, match="broke off") as failure:
        notifier.send(Message(title="x"), _envelope())
    assert not failure.value.permanent
    notifier.send(Message(title="x"), _envelope())
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_a_chart_that_cannot_be_drawn_leaves_its_numbers(mailbox: Mailbox, notifier: MailNotifier) -> None:
    receipt = notifier.send(Message(title="x", chart=Chart(title="Empty chart", series=())), _envelope())
    assert receipt.note == "The picture is missing: the chart has no points"
    assert "Empty chart" in _part(mailbox.mails[0], "html")


def test_four_languages_and_foreign_domains_arrive(mailbox: Mailbox, notifier: MailNotifier) -> None:
    for language, title in (("lv", "Vakardienas šķūņi"), ("ru", "Вчера"), ("zh", "昨天")):
        notifier.send(
            Message(title=title, language=language, links=(Link(label=title, url="https://desk.example.org/"),)),
            _envelope("vadītājs <lead@bücher.example>"),
        )
        assert mailbox.mails[-1]["Subject"] == title
        assert f'lang="{language}"' in _part(mailbox.mails[-1], "html")
    assert mailbox.recipients[-1] == ["lead@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer(host="mail.example.org", port=587, tls="starttls")),
        (
            "smtps://u:p%40@mail.example.org",
            SmtpServer(host="mail.example.org", port=465, tls="implicit", user="u", password="p@"),
        ),
        ("smtp://localhost:25?starttls=no", SmtpServer(host="localhost", port=25, tls="none")),
    ],
)
def test_smtp_urls(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://h?starttls=maybe", "smtp://h?x=1"]
)
def test_a_wrong_smtp_url_says_how_it_should_look(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        parse_smtp_url(url)
