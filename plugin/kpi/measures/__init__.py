"""The sums that metrics are made of: a chapter for each family of facts, put together to one table."""

from plugin.kpi.measures import again, contacts, cost, endless, queues, surveys, tickets, workforce
from plugin.kpi.measures.shape import DIMENSIONS, Measure, Sketch, Stream

__all__ = ["DIMENSIONS", "MEASURES", "SKETCHES", "STORED", "STORED_SKETCHES", "STREAMS", "Measure", "Sketch", "Stream"]

_CHAPTERS = (queues, contacts, again, endless, workforce, tickets, surveys, cost)

STREAMS: dict[str, Stream] = {stream.key: stream for chapter in _CHAPTERS for stream in chapter.STREAMS}
MEASURES: dict[str, Measure] = {measure.key: measure for chapter in _CHAPTERS for measure in chapter.MEASURES}
SKETCHES: dict[str, Sketch] = {sketch.key: sketch for chapter in _CHAPTERS for sketch in chapter.SKETCHES}

#: those that cells and sketches keep
STORED = {key: measure for key, measure in MEASURES.items() if not STREAMS[measure.stream].live}
STORED_SKETCHES = {key: sketch for key, sketch in SKETCHES.items() if not STREAMS[sketch.stream].live}
