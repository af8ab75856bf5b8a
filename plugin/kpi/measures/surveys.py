"""Surveys at the moment of their sending (`docs/kpi/survey_response_rate.md`).

Their answers are counted in `plugin.kpi.whole.answers`.
"""

from plugin.kpi.measures.shape import Measure, Sketch, Stream, count

TYPES = ("csat", "nps", "ces", "fcr")

STREAMS = (Stream(key="survey_sent", table="survey", at="sent_at", direction="'inbound'"),)

MEASURES = (
    Measure(key="surveys_sent", stream="survey_sent", sql="1"),
    count("surveys_answered", "survey_sent", "answered_at IS NOT NULL"),
    *(count(f"{name}_surveys_sent", "survey_sent", f"type = '{name}'") for name in TYPES),
    *(
        count(f"{name}_surveys_answered", "survey_sent", f"type = '{name}' AND answered_at IS NOT NULL")
        for name in TYPES
    ),
)

SKETCHES: tuple[Sketch, ...] = ()
