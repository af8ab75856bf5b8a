"""What customers say and do (KPIS 6)."""

from plugin.kpi.catalogue.shape import ratio
from plugin.kpi.metric import Better

METRICS = (
    ratio("csat", Better.HIGHER, {"csat_positive": 1}, {"csat_answers": 1}, "survey:csat"),
    ratio("conversion", Better.HIGHER, {"contacts_converted": 1}, {"contacts_connected": 1}, "sale"),
)
