"""What customers say and do."""

from plugin.kpi.catalogue.shape import count, mean_score, ratio
from plugin.kpi.measures.surveys import TYPES
from plugin.kpi.metric import Better, Metric, Unit

METRICS = (
    ratio("csat", Better.HIGHER, {"csat_positive": 1}, {"csat_answers": 1}, "survey:csat"),
    ratio(
        "csat.excl_neutral",
        Better.HIGHER,
        {"csat_positive": 1},
        {"csat_answers": 1, "csat_neutral": -1},
        "survey:csat",
    ),
    count("csat.neutral", "survey:csat", of="csat_neutral"),
    mean_score("csat_mean", Better.HIGHER, "csat", "survey:csat"),
    Metric(
        key="nps",
        unit=Unit.POINTS,
        better=Better.HIGHER,
        numerator={"nps_promoters": 1, "nps_detractors": -1},
        denominator={"nps_answers": 1},
        needs=("survey:nps",),
        scale=100,
    ),
    ratio("ces", Better.HIGHER, {"ces_easy": 1}, {"ces_answers": 1}, "survey:ces"),
    mean_score("ces_mean", Better.NEUTRAL, "ces", "survey:ces"),
    ratio("fcr_survey", Better.HIGHER, {"fcr_yes": 1}, {"fcr_answers": 1}, "survey:fcr"),
    ratio("survey_response_rate", Better.HIGHER, {"surveys_answered": 1}, {"surveys_sent": 1}, "survey_sent"),
    *(
        ratio(
            f"survey_response_rate.{name}",
            Better.HIGHER,
            {f"{name}_surveys_answered": 1},
            {f"{name}_surveys_sent": 1},
            f"survey_sent:{name}",
        )
        for name in TYPES
    ),
    ratio("retention", Better.HIGHER, {"customers_kept": 1}, {"customers_at_start": 1}, "customer_count"),
    ratio("churn", Better.LOWER, {"customers_lost": 1}, {"customers_at_start": 1}, "customer_count"),
    ratio("conversion", Better.HIGHER, {"contacts_converted": 1}, {"contacts_connected": 1}, "sale"),
)
