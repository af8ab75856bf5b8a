"""Which moment decides to which period a fact belongs, in the reader's language."""

from __future__ import annotations

from plugin.kpi.measures import MEASURES, STREAMS, Stream
from plugin.kpi.metric import Metric
from plugin.report.figures import LANGUAGES, language_of

#: column of a fact table --> the moment, in the order English, Latvian, Russian, Chinese
_MOMENTS = {
    "entered_at": (
        "the moment of entry into the queue",
        "brīdis, kad sākta gaidīšana rindā",
        "момент входа в очередь",
        "进入队列的时刻",
    ),
    "entry_at": (
        "the first entry into a queue, else the start of the contact",
        "pirmā nonākšana rindā, citādi saziņas sākums",
        "первый вход в очередь, иначе начало обращения",
        "首次进入队列的时刻，否则为联络开始",
    ),
    "created_at": ("the creation of the ticket", "pieteikuma izveide", "создание заявки", "工单创建时刻"),
    "first_response_at": ("the first reply", "pirmā atbilde", "первый ответ", "首次回复时刻"),
    "solved_at": ("the last solution", "pēdējais atrisinājums", "последнее решение", "最后一次解决的时刻"),
    "opened_at": ("the opening", "atvēršana", "открытие", "打开的时刻"),
    "answered_at": ("the answer", "atbilde", "ответ", "回答的时刻"),
    "sent_at": ("the sending", "nosūtīšana", "отправка", "发送的时刻"),
}
_OR_END = (
    "; where the policy counts a source by end, the end of the contact",
    "; ja politikā avots skaitīts pēc beigām, saziņas beigas",
    "; если по политике источник считается по окончании, окончание обращения",
    "；若策略规定该来源按结束计，则为联络结束的时刻",
)
_SPLIT = (
    "split at the borders of periods",
    "sadalīts pie periodu robežām",
    "делится на границах периодов",
    "按期间边界拆分",
)
_WHOLE = (
    "counted for the whole period",
    "skaitīts par visu periodu",
    "считается за весь период",
    "按整个期间统计",
)


def attribution(metric: Metric, language: str = "en") -> tuple[str, ...]:
    """One line for each rule that its sums follow; the denominator's first, as it is the cohort."""
    place = LANGUAGES.index(language_of(language))
    names = [*(metric.denominator or {}), *metric.numerator]
    rules = [_rule(STREAMS[MEASURES[name].stream]) if name in MEASURES else _WHOLE for name in names]
    return tuple(dict.fromkeys(rule[place] for rule in rules))


def _rule(stream: Stream) -> tuple[str, ...]:
    if stream.until:
        return _SPLIT
    at = stream.entry or stream.at
    moments = _MOMENTS.get(at, (at,) * len(LANGUAGES))
    if stream.end is None:
        return moments
    return tuple(f"{moment}{end}" for moment, end in zip(moments, _OR_END, strict=True))
