"""What readers see of every kind of mail: the same numbers in both bodies, no wider than a phone, not clipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from html import unescape

import pytest
from chromium import browser
from every_message import LANGUAGES, digest, largest
from mail_samples import SENDER, Sample, samples

from plugin.kpi.period import Grain
from plugin.notify.mail_format import LARGEST, html
from plugin.notify.message import Cell, Message, Table, Tone

GMAIL_CLIPS_AT = 102_400
_NUMBER = re.compile(r"\d+(?:[.,:\u00a0\u202f]\d+)*")
_HIDDEN = re.compile(r'<div aria-hidden="true".*?</div>', re.DOTALL)
_HEAD = re.compile(r"<head>.*?</head>", re.DOTALL)


@pytest.fixture(scope="module")
def every() -> list[Sample]:
    return samples()


def numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def shown(page: str) -> str:
    """What a person reads of the HTML body, or hears instead of the picture."""
    body = _HIDDEN.sub("", _HEAD.sub("", page))
    described = " ".join(re.findall(r'alt="([^"]*)"', body))
    addresses = " ".join(re.findall(r'href="([^"]*)"', body))
    return unescape(re.sub(r"<[^>]+>", " ", body) + described + addresses)


def test_both_bodies_say_the_same_numbers(every: list[Sample]) -> None:
    for each in every:
        mail = message_from_bytes(each.mail(), policy=default)
        plain, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None
        assert page is not None
        assert numbers(str(plain.get_content())) == numbers(shown(str(page.get_content()))), each.name


def test_a_number_that_one_body_lacks_would_be_seen(every: list[Sample]) -> None:
    first = next(each for each in every if each.name == "digest day en")
    assert "1,112" in numbers(shown(first.html()))
    assert "1,112" not in numbers(shown(first.html().replace("1,112", "")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_gmail_clips_not_even_a_digest_of_every_kpi(language: str) -> None:
    message = largest(language)
    assert message.table is not None
    page = html(message, SENDER, "cid:chart@deskgauge")
    assert len(page.encode()) < GMAIL_CLIPS_AT
    assert all(row[0].text in unescape(page) for row in message.table.rows)


def test_what_gmail_would_clip_is_cut_and_counted() -> None:
    row = (Cell(text="Queue " * 20), Cell(text="78.4 %", tone=Tone.BAD))
    page = html(Message(title="x", table=Table(columns=("Queue", "SL"), rows=(row,) * 400), footer="End"), SENDER, "")
    told = re.search(r"… (\d+) more", page)
    assert told is not None
    assert len(page.encode()) <= LARGEST
    assert page.count("78.4 %") + int(told[1]) == 400
    assert "End" in page


def test_columns_beyond_three_stand_below_their_row_with_their_names() -> None:
    page = html(digest(Grain.DAY, "en"), SENDER, "")
    assert page.count('<th scope="col"') == 3
    assert "Target: ≤\u00a05%\u00a0✗ · Sun 22 Nov: 5.4%" in page


def _pages(every: list[Sample]) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.html()) for each in every)


def test_no_mail_is_wider_than_a_phone_light_or_dark(every: list[Sample]) -> None:
    with browser() as opened:
        for scheme, ink in (("light", "rgb(31, 41, 51)"), ("dark", "rgb(230, 234, 238)")):
            page = opened.new_page(viewport={"width": 375, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
            for name, content in _pages(every):
                page.set_content(content)
                assert page.evaluate("document.documentElement.scrollWidth") == 375, name
                assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == ink, name
            page.close()
