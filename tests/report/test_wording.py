"""The four languages have the same sentences, and periods read as a manager would write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from string import Formatter
from types import ModuleType

import pytest

from plugin.kpi.catalogue import known_kpis
from plugin.kpi.period import Grain, period_of, period_of_date, previous, same_weekday_before
from plugin.notify import slack_errors
from plugin.notify.axis import write_value
from plugin.notify.message import ChartUnit
from plugin.report import figures, wording
from plugin.report.locales import digests, en, lv, ru, watch, zh

OTHERS = [lv, ru, zh]
ZONE = "Europe/Riga"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("table", ["TEXTS", "FACTS", "EXCLUDED", "NOUNS"])
def test_each_language_has_every_entry(language: ModuleType, table: str) -> None:
    assert getattr(language, table).keys() == getattr(en, table).keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_uses_no_value_that_english_does_not_give(language: ModuleType) -> None:
    for key, text in language.TEXTS.items():
        assert placeholders(text) <= placeholders(en.TEXTS[key]), key


@pytest.mark.parametrize(("key", "sentences"), [*digests.SENTENCES.items(), *watch.SENTENCES.items()])
def test_a_sentence_gives_each_language_the_same_values(key: str, sentences: tuple[str, ...]) -> None:
    english = sentences[0]
    assert key not in en.TEXTS
    assert all(sentences), key
    assert all(placeholders(one) <= placeholders(english) for one in sentences), key


def test_every_kpi_has_a_name_in_every_language() -> None:
    for kpi in known_kpis():
        for language in ("en", "lv", "ru", "zh"):
            assert wording.label(kpi, language) != kpi, (kpi, language)


def test_variants_and_percentiles_are_named_after_their_metric() -> None:
    assert wording.label("asa.p90") == "Average speed of answer, 90th percentile"
    assert wording.label("service_level.sl2") == "Service level, variant SL-2"
    assert wording.label("first_response_time.business", "ru") == "Время первого ответа, в рабочие часы"
    assert wording.label("house_metric", fallback="House metric") == "House metric"


@pytest.mark.parametrize(
    ("grain", "long", "short"),
    [
        (Grain.HOUR, "Monday 23 November 2026, 10:00–11:00", "Mon 23 Nov, 10:00–11:00"),
        (Grain.DAY, "Monday 23 November 2026", "Mon 23 Nov"),
        (Grain.WEEK, "week 48, 23–29 Nov 2026", "23–29 Nov"),
        (Grain.MONTH, "November 2026", "Nov 2026"),
        (Grain.QUARTER, "Q4 2026", "Q4 2026"),
        (Grain.YEAR, "2026", "2026"),
    ],
)
def test_periods_are_named_in_local_time(grain: Grain, long: str, short: str) -> None:
    period = period_of(grain, datetime(2026, 11, 23, 8, 30, tzinfo=UTC), "Europe/Riga")
    assert wording.period_name(period) == long
    assert wording.period_name(period, short=True) == short


def test_a_week_over_new_year_names_both_years() -> None:
    period = period_of(Grain.WEEK, datetime(2026, 12, 30, tzinfo=UTC), "Europe/Riga")
    assert wording.period_name(period) == "week 53, 28 Dec 2026–3 Jan 2027"


def test_an_hour_that_happens_twice_is_told_apart_by_its_offset() -> None:
    first, second = (
        period_of(Grain.HOUR, datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "Europe/Riga") for hour in (0, 1)
    )
    assert wording.period_name(first, short=True) == "Sun 25 Oct, 03:00+03:00–03:00"
    assert wording.period_name(second, short=True) == "Sun 25 Oct, 03:00+02:00–04:00"


def test_days_in_the_other_languages() -> None:
    period = period_of(Grain.DAY, datetime(2026, 11, 23, tzinfo=UTC), "Europe/Riga")
    assert [wording.period_name(period, language) for language in ("lv", "ru", "zh")] == [
        "pirmdiena, 2026. gada 23. novembris",
        "понедельник, 23 ноября 2026\u202fг.",
        "2026年11月23日星期一",
    ]


def test_counted_things_agree_with_their_number() -> None:
    assert wording.counted(1, 1, "call") == "1 of 1 call"
    assert wording.counted(17, 50, "call") == "17 of 50 calls"
    assert wording.counted(17, 21, "call", "ru") == "17 из 21 звонка"
    assert wording.counted(17, 22, "call", "ru") == "17 из 22 звонков"
    assert wording.counted(2, 11, "call", "lv") == "2 no 11 zvaniem"
    assert wording.counted(17, 21, "call", "lv") == "17 no 21 zvana"
    assert wording.counted(17, 50, "call", "zh") == "17/50 个电话"


def test_things_without_a_number_have_no_measure_word() -> None:
    assert [wording.things("contact", language) for language in ("en", "ru", "zh")] == ["contacts", "обращений", "联络"]


@pytest.mark.parametrize("word", ["来访", "坐席", "回呼", "警报", "通道", "阈值"])
def test_chinese_has_one_word_for_one_thing(word: str) -> None:
    """Others say 联络, 座席, 回拨, 告警, 渠道 and 限值."""
    for text in [*zh.TEXTS.values(), *(one[3] for one in (*digests.SENTENCES.values(), *watch.SENTENCES.values()))]:
        assert word not in text


@pytest.mark.parametrize("language", ["en", "lv", "ru", "zh"])
def test_a_percentage_is_written_alike_in_a_text_and_on_a_picture(language: str) -> None:
    assert figures.percent(0.345, language) == write_value(0.345, ChartUnit.RATIO, language)


def test_a_day_is_written_once_where_both_ends_are_in_it() -> None:
    start, end, now = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (18, 19, 20))
    assert wording.between_name(start, end, now, ZONE) == "20:00–21:00"
    assert wording.between_name(start, end, now + timedelta(days=1), ZONE) == "Mon 23 Nov 20:00–21:00"
    assert wording.between_name(start, now + timedelta(hours=3), now, ZONE, "lv") == "20:00 – otrd., 24. nov. 01:00"


def test_an_hour_beside_another_of_its_day_is_told_by_the_clock() -> None:
    hour = period_of(Grain.HOUR, datetime(2026, 11, 23, 9, tzinfo=UTC), ZONE)
    assert wording.beside_name(previous(hour), hour) == "10:00–11:00"
    assert wording.beside_name(same_weekday_before(hour), hour) == "Mon 16 Nov, 11:00–12:00"


@pytest.mark.parametrize("code", slack_errors.CODES)
def test_what_slack_refuses_for_is_told_in_every_language(code: str) -> None:
    told = {wording.trouble_reason(f"English. ({code})", language) for language in ("lv", "ru", "zh")}
    assert len(told) == 3
    assert all(one.endswith(f"({code})") and "English" not in one for one in told)


def test_a_reason_that_nobody_translated_stays_as_it_is() -> None:
    assert wording.trouble_reason("The server said 550.", "ru") == "The server said 550."
    assert wording.trouble_reason("Slack refused the message (odd).", "ru") == "Slack refused the message (odd)."


def test_facts_and_exclusions_are_words() -> None:
    assert wording.fact("survey:csat") == "survey answers (CSAT)"
    assert wording.fact("wrap_up", "zh") == "话后处理时间"
    assert wording.excluded("quarantined") == "contacts with impossible times"
    assert wording.excluded("dial_test") == "dial test"


def test_days_of_a_month_are_labelled_without_their_weekdays_and_those_of_a_week_with_them() -> None:
    day = date(2026, 10, 17)
    period = period_of_date(Grain.DAY, day, ZONE)
    names = {language: wording.step_name(period, language, of_many=True) for language in ("en", "lv", "ru", "zh")}
    assert names == {"en": "17 Oct", "lv": "17. okt.", "ru": "17 окт.", "zh": "10月17日"}
    assert wording.step_name(period, "en") == "Sat 17 Oct"


def test_a_sentence_that_begins_with_a_period_begins_with_a_large_letter() -> None:
    week = wording.period_name(period_of_date(Grain.WEEK, date(2026, 11, 23), ZONE), "en")
    assert wording.sentence(f"{week} is compared.") == "Week 48, 23–29 Nov 2026 is compared."
