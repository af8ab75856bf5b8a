"""Surveys at the moment of their answer (KPIS 6)."""

from plugin.kpi.measures.shape import Sketch, Stream, count

STREAMS = (Stream(key="survey", table="survey", at="answered_at", direction="'inbound'"),)

MEASURES = (
    count("csat_positive", "survey", "type = 'csat' AND positive = 1"),
    count("csat_answers", "survey", "type = 'csat' AND positive IS NOT NULL"),
)

SKETCHES: tuple[Sketch, ...] = ()
