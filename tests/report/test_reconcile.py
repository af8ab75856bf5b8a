"""Our numbers beside a vendor's: by our definition, by its rule, its own figure, and why they differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from adapter_fixtures import shared
from bank_month import BankMonth, published
from contact_desk import MONDAY, SOURCE, abandoned, answered, store, told
from doc_pages import DOCS
from installed import NOW, imported, installed
from sqlalchemy import Engine

from plugin.contract.event import Kind
from plugin.database import open_engine, reading
from plugin.kpi.answer import AskError
from plugin.kpi.period import Grain, Period
from plugin.policy.document import Document
from plugin.policy.text import parse
from plugin.report.reconcile import AS_OURS, Basis, Line, Sheet, VendorSettings, reconcile
from plugin.report.render_reconcile import reconcile_csv, reconcile_json, reconcile_text
from plugin.report.vendor_file import Stated, read_figures
from plugin.report.vendor_rules import VENDORS, vendor_of

DAY = Period(grain=Grain.DAY, start=MONDAY, end=MONDAY + timedelta(days=1), timezone="UTC")
PAGE = (DOCS / "reconcile.md").read_text()
#: figures of a vendor as the page gives them
FIGURES = re.findall(r"^```csv\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0]
POLICY = parse('[sources.desk]\nadapter = "generic"\n')


def sheet_of(
    engine: Engine,
    vendor: str,
    figures: str = "",
    whole: Period = DAY,
    document: Document = POLICY,
    source: str = SOURCE,
    settings: VendorSettings = AS_OURS,
) -> Sheet:
    stated: Sequence[Stated] = read_figures(figures, whole, NOW) if figures else ()
    with reading(engine) as connection:
        basis = Basis(connection=connection, document=document, now=NOW, knows={})
        chosen = VENDORS[vendor] if vendor else vendor_of("generic")
        return reconcile(basis, source, "generic", chosen, whole, stated, settings)


def line_of(sheet: Sheet, kpi: str, screen: str = "", day: Period | None = None, queue: str | None = None) -> Line:
    where = (day or sheet.whole, queue)
    (found,) = [
        line
        for line in sheet.lines
        if (line.rule.kpi, line.rule.screen) == (kpi, screen) and (line.period, line.queue) == where
    ]
    return found


def both(line: Line) -> tuple[float | None, float | None]:
    return tuple(None if one is None else one.value for one in (line.ours, line.by_rule))  # type: ignore[return-value]


@pytest.fixture
def desk(engine: Engine) -> Engine:
    """The day of the page: six answered calls, three abandoned, a callback, and a call of the evening before."""
    nine = 9 * 3600
    contacts = {f"in time {number}": answered(nine + 300 * number, wait=10, talk=180) for number in range(4)}
    contacts |= {f"late {number}": answered(nine + 3600 + 300 * number, wait=45, talk=240) for number in range(2)}
    contacts |= {f"gone {wait}": abandoned(2 * nine + wait, wait=wait) for wait in (3, 15, 60)}
    contacts["back"] = [
        told(Kind.CONTACT_QUEUED, nine, "support"),
        told(Kind.CONTACT_CALLBACK_REQUESTED, nine + 18, "support"),
        told(Kind.CONTACT_ENDED, nine + 18),
    ]
    contacts["midnight"] = answered(-300, wait=12, talk=888)
    store(engine, contacts)
    return engine


def test_the_example_of_the_page_is_what_the_program_prints(desk: Engine) -> None:
    expected = re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    assert reconcile_text(sheet_of(desk, "amazon_connect", FIGURES)) + "\n" == expected


def test_a_vendors_rule_counts_by_its_own_moment_and_its_own_sums(desk: Engine) -> None:
    sheet = sheet_of(desk, "amazon_connect")
    # By entry 6 + 3 + 1; the call of the evening before ended on this day.
    assert both(line_of(sheet, "offered")) == (10, 11)
    # 4 in time of 6 answered and 3 abandoned; by its rule 5 answered, 2 abandoned and 1 callback in time of 11.
    assert both(line_of(sheet, "service_level")) == (pytest.approx(4 / 9), pytest.approx(8 / 11))
    # (4 x 180 + 2 x 240) / 6, and with 888 / 7
    assert both(line_of(sheet, "aht")) == (200, pytest.approx((1200 + 888) / 7))
    assert line_of(sheet, "service_level").reason == "other sums, counts by end"
    assert line_of(sheet, "offered").reason == "counts by end"
    assert line_of(sheet, "abandoned").reason == "both rules give the same here"


def test_a_vendors_rule_stays_as_it_is_whatever_our_policy_takes_out_of_ours(desk: Engine) -> None:
    policy = parse('[sources.desk]\nadapter = "generic"\n[definitions]\noffered_includes = []\n')
    # Ours are answered and abandoned; by its rule the callback is in, and the call of the evening before.
    assert both(line_of(sheet_of(desk, "amazon_connect", document=policy), "offered")) == (9, 11)


def test_a_figure_is_explained_by_the_rule_that_gives_it(desk: Engine) -> None:
    day = MONDAY.date().isoformat()
    lines = [
        f"{day},offered,11",
        f"{day},service_level,44.4%",
        f"{day},asa,21.7",
        f"{day},abandoned,2",
        f"{day},aht,999",
    ]
    sheet = sheet_of(desk, "amazon_connect", "\n".join(["date,kpi,value", *lines]))
    reasons = {line.rule.kpi: line.reason for line in sheet.lines if line.stated}
    assert reasons["offered"] == "agrees by its rule: counts by end"
    assert reasons["service_level"] == "agrees with our definition"
    assert reasons["asa"] == "agrees with our definition"
    assert reasons["abandoned"] == 'agrees with "without short ones" by entry: look at its settings'
    assert reasons["aht"].startswith("no rule here gives it, nearest is ")
    offered = line_of(sheet, "offered")
    assert offered.to_ours is not None
    assert offered.to_rule is not None
    assert (offered.to_ours.absolute, offered.to_ours.relative, offered.to_rule.absolute) == (1, 0.1, 0)


def test_the_vendors_limits_and_filters_move_its_rules_and_not_ours(desk: Engine) -> None:
    plain = sheet_of(desk, "amazon_connect")
    settings = VendorSettings(threshold_s=45, short_s=16)
    sheet = sheet_of(desk, "amazon_connect", settings=settings)
    level = line_of(sheet, "service_level")
    # By its rule 7 answered and 2 abandoned within 45 s and the callback, of 11; ours stays 4 of 9.
    assert both(level) == (pytest.approx(4 / 9), pytest.approx(10 / 11))
    assert both(line_of(plain, "service_level")) == (pytest.approx(4 / 9), pytest.approx(8 / 11))
    assert level.reason == "other sums, counts by end, in time is 45 s, short 16 s"
    ways = {way.name: way.measured for way in sheet.ways if (way.kpi, way.attribution) == ("abandoned", "entry")}
    assert ways["without short ones"] is not None
    assert ways["without short ones"].value == 1  # of 3, 15 and 60 s
    assert "by its rule and in other ways: in time is 45 s, short 16 s" in reconcile_text(sheet).splitlines()
    assert reconcile_json(sheet)["vendor_settings"] == {"threshold_s": 45, "short_abandon_s": 16, "only": {}}
    other = sheet_of(desk, "amazon_connect", settings=VendorSettings(only={"queue": "sales"}))
    assert both(line_of(other, "offered")) == (10, 0)
    assert line_of(other, "offered").reason == "counts by end, only queue sales"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"threshold_s": -1}, "threshold: must be seconds"),
        ({"short_s": 1e9}, "short: must be seconds"),
        ({"only": {"source": "desk"}}, "only: source is no filter"),
        ({"only": {"hours": "early"}}, "only: hours are open or closed"),
        ({"only": {"hours": "open"}}, "only: the policy has no calendar"),
    ],
)
def test_settings_that_no_vendor_has_are_refused(desk: Engine, wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(AskError, match=named):
        sheet_of(desk, "amazon_connect", settings=VendorSettings(**wrong))


def test_figures_of_hours_and_queues_stand_beside_ours_of_the_same(desk: Engine) -> None:
    figures = "date,kpi,value,queue\n2026-03-02 09:00,offered,5,support\n2026-03-02 10:00,offered,2,support\n"
    sheet = sheet_of(desk, "amazon_connect", f"{figures},offered,0,sales\n2026-03-02 09:00,csat,80%,\n")
    hours = [line for line in sheet.lines if line.queue == "support"]
    assert [both(line) for line in hours] == [(5, 5), (2, 2)]
    (sales,) = [line for line in sheet.lines if line.queue == "sales"]
    assert both(sales) == (0, 0)
    (csat,) = [line for line in sheet.lines if line.rule.kpi == "csat"]
    assert (both(csat), csat.reason) == (
        (None, None),
        "missing fact: survey:csat: this source does not tell it",
    )
    assert len([line for line in sheet.lines if line.rule.kpi == "offered"]) == 4


def test_a_stock_is_that_of_the_end_wherever_its_periods_lie(desk: Engine) -> None:
    figures = "date,kpi,value\n2026-03-02 09:00,offered,5\n2026-03-02 12:00,offered,0\n"
    sheet = sheet_of(desk, "zammad", figures)
    assert [both(line) for line in sheet.lines if line.stated] == [(5, None), (0, None)]


def test_without_a_table_the_vendors_rule_is_not_known_and_its_figure_is_held_against_ours(desk: Engine) -> None:
    sheet = sheet_of(desk, "", "date,kpi,value\n,offered,12\n")
    offered = line_of(sheet, "offered")
    assert both(offered) == (10, None)
    assert offered.to_ours is not None
    assert offered.to_ours.absolute == 2
    assert line_of(sheet, "answered").reason == "its rule is not known"
    assert "not known" in reconcile_text(sheet)


def test_the_policy_moves_ours_and_not_the_readings(desk: Engine) -> None:
    by_end = parse('[sources.desk]\nadapter = "generic"\nattribution = "end"\n')
    told_by = {
        (way.kpi, way.name, way.attribution): way.measured
        for way in sheet_of(desk, "amazon_connect").ways
        if way.measured
    }
    assert told_by["offered", "visits to queues", "entry"].value == 10
    assert told_by["offered", "visits to queues", "end"].value == 11
    # The facts of this desk were folded by entry; only the sheet's own reading is asked about here.
    assert sheet_of(desk, "amazon_connect", document=by_end).attribution == "end"


def test_json_and_csv_say_the_same_as_the_sheet(desk: Engine) -> None:
    sheet = sheet_of(desk, "amazon_connect", FIGURES)
    told_json = json.loads(json.dumps(reconcile_json(sheet)))
    rows = reconcile_csv(sheet).splitlines()
    assert len(rows) - 1 == len(told_json["lines"]) == len(sheet.lines)
    (level,) = [line for line in told_json["lines"] if line["kpi"] == "service_level"]
    assert level["by_rule"] == {"value": 8 / 11, "numerator": 8, "denominator": 11}
    assert level["rule"]["source"].startswith("Amazon Connect Administrator Guide")
    assert told_json["attribution"] == {"ours": "entry", "vendor": "end"}
    ways = {(way["kpi"], way["reading"], way["attribution"]) for way in told_json["ways"]}
    assert {("service_level", f"SL-{n}", by) for n in range(1, 7) for by in ("entry", "end")} < ways


# -- real data


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.mark.xdist_group("a bank's month")
def test_a_banks_month_comes_out_as_others_published_it_under_each_rule(
    bank_months: Callable[[str], BankMonth],
) -> None:
    opened, known = bank_months("sqlite").opened, published()["canonical"]
    start = datetime(1999, 1, 31, 22, tzinfo=UTC)
    month = Period(grain=Grain.DAY, start=start, end=start + timedelta(days=28), timezone="Asia/Jerusalem")
    figures = (
        "date,kpi,value\n"
        f"1999-02,offered,{known['offered']}\n"
        f"1999-02,service_level,{known['SL_C_excl_abandons_within_T']}%\n"
        f"1999-02,asa,{known['asa']}\n"
    )
    sheet = sheet_of(opened.engine, "cisco_icm", figures, month, opened.document, "csv")
    for screen, name in (
        ("abandons positive", "SL_D_abandons_within_T_count_good"),
        ("abandons negative", "SL_A_answered_over_offered"),
        ("abandons ignored", "SL_C_excl_abandons_within_T"),
    ):
        value = both(line_of(sheet, "service_level", screen))[1]
        assert value is not None
        assert value * 100 == pytest.approx(known[name], abs=1.1e-4)
    assert line_of(sheet, "service_level", "abandons ignored").reason == "agrees by its rule: other sums"
    assert (
        line_of(sheet, "service_level", "abandons negative").reason
        == 'agrees with "SL-4" by entry: look at its settings'
    )
    assert line_of(sheet, "offered").reason == "agrees with our definition"
    assert both(line_of(sheet, "asa")) == (
        pytest.approx(known["asa"], abs=6e-5),
        pytest.approx(known["asa_sum"] / known["offered"]),
    )
    totals = {(way.name, way.attribution): way.measured for way in sheet.ways if way.kpi == "offered"}
    entry, end = (totals["visits to queues", by] for by in ("entry", "end"))
    assert entry == end  # every call of the month ended in it


def test_calls_made_through_an_exchange_are_read_by_its_statistics_rules(sqlite: Engine, tmp_path: Path) -> None:
    opened = installed(sqlite, tmp_path)
    imported(opened, "asterisk", [shared("captures", "asterisk-basic20", "queue_log")])
    november = Period(
        grain=Grain.DAY, start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 12, 1, tzinfo=UTC), timezone="UTC"
    )
    sheet = sheet_of(sqlite, "wazo", "date,kpi,value\n,service_level,100%\n", november, opened.document, "asterisk")
    level = line_of(sheet, "service_level")
    assert both(level) == (pytest.approx(16 / 21), 1)
    assert level.reason == "agrees by its rule: other sums"
    assert both(line_of(sheet, "answer_rate")) == (pytest.approx(16 / 21), pytest.approx(16 / 21))
    # Twenty calls, of which one went through two queues.
    offered = {way.name: way.measured for way in sheet.ways if (way.kpi, way.attribution) == ("offered", "entry")}
    assert [one.value for one in offered.values() if one] == [21, 20]
