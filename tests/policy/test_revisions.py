from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from plugin.database import open_engine, session_scope
from plugin.policy.document import Document
from plugin.policy.problems import PolicyError
from plugin.policy.references import Known
from plugin.policy.revisions import (
    OutdatedRevision,
    UnknownRevision,
    apply,
    current,
    document_of,
    export,
    history,
    latest,
    revision_at,
    rollback,
)
from plugin.policy.text import parse

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
RIGA = parse('timezone = "Europe/Riga"')
TOKYO = parse('timezone = "Asia/Tokyo"')


def test_before_the_first_revision_the_document_is_empty(engine: Engine) -> None:
    with session_scope(engine) as session:
        assert current(session) == Document()
        assert latest(session) is None
        assert export(session) == ""


def test_an_applied_document_is_in_force(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW)
    with session_scope(engine) as session:
        revision = latest(session)
        assert revision is not None
        assert (revision.id, revision.author, revision.at) == (1, "ann", NOW)
        assert revision.diff == '+ timezone = "Europe/Riga"'
        assert current(session) == RIGA
        assert export(session) == 'timezone = "Europe/Riga"\n'


def test_an_identical_document_is_no_revision(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW)
        assert apply(session, RIGA, "bob", LATER) is None
        assert len(history(session)) == 1


def test_history_is_newest_first_and_keeps_what_changed(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW)
        apply(session, TOKYO, "bob", LATER)
        assert [(row.id, row.author) for row in history(session)] == [(2, "bob"), (1, "ann")]
        assert history(session)[0].diff == '- timezone = "Europe/Riga"\n+ timezone = "Asia/Tokyo"'
        assert [row.id for row in history(session, limit=1)] == [2]


def test_rolling_back_is_a_new_revision(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW)
        apply(session, TOKYO, "bob", LATER)
        rollback(session, 1, "ann", LATER)
        assert current(session) == RIGA
        assert [row.id for row in history(session)] == [3, 2, 1]
        with pytest.raises(UnknownRevision, match="no policy revision 9"):
            rollback(session, 9, "ann", LATER)


def test_the_revision_of_an_earlier_moment_can_be_found(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW)
        apply(session, TOKYO, "bob", LATER)
        found = revision_at(session, LATER - timedelta(seconds=1))
        assert found is not None
        assert document_of(found) == RIGA
        assert revision_at(session, NOW - timedelta(seconds=1)) is None


def test_a_change_of_an_outdated_document_is_refused(engine: Engine) -> None:
    with session_scope(engine) as session:
        apply(session, RIGA, "ann", NOW, based_on=0)
        with pytest.raises(OutdatedRevision, match="revision 1 was applied after revision 0"):
            apply(session, TOKYO, "bob", LATER, based_on=0)
        assert current(session) == RIGA


def test_of_two_writers_at_the_same_time_one_is_told(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    # the snapshot stands for a writer that looked just before the other committed
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine) as first, Session(snapshot) as second:
        assert latest(second) is None
        apply(first, RIGA, "ann", NOW)
        first.commit()
        with pytest.raises(OutdatedRevision, match="at the same time"):
            apply(second, TOKYO, "bob", LATER)
    engine.dispose()


def test_a_document_with_broken_references_is_not_applied(engine: Engine) -> None:
    broken = Document.model_validate({"business_calendar": "office"})
    with session_scope(engine) as session:
        with pytest.raises(PolicyError, match="business_calendar"):
            apply(session, broken, "ann", NOW)
        with pytest.raises(PolicyError, match="is not a KPI"):
            apply(session, parse('[digests.d]\nkpis = ["x"]'), "ann", NOW, known=Known(kpis={"asa"}))
        assert latest(session) is None
