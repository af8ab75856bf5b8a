"""What commands and the Home tab say in Slack: each text in English, Latvian, Russian and Chinese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "slack.value.of": ("{value} ({sample})", "{value} ({sample})", "{value} ({sample})", "{value}（{sample}）"),
    "slack.target": ("Target {target}", "Mērķis {target}", "Цель {target}", "目标 {target}"),
    "slack.target.met": (
        "Target {target}: met",
        "Mērķis {target}: sasniegts",
        "Цель {target}: достигнута",
        "目标 {target}：已达成",
    ),
    "slack.target.missed": (
        "Target {target}: missed",
        "Mērķis {target}: nav sasniegts",
        "Цель {target}: не достигнута",
        "目标 {target}：未达成",
    ),
    "slack.change": (
        "{change} against {before} ({period})",
        "{change} pret {before} ({period})",
        "{change} к {before} ({period})",
        "较 {before}（{period}）{change}",
    ),
    "slack.working": (
        "One moment, the numbers are being worked out.",
        "Mirklīti, skaitļi tiek aprēķināti.",
        "Минуту, числа считаются.",
        "请稍候，正在计算数据。",
    ),
    "slack.failed": (
        "The numbers could not be worked out. The reason is in the log of Deskgauge.",
        "Skaitļus neizdevās aprēķināt. Iemesls ir Deskgauge žurnālā.",
        "Не удалось посчитать числа. Причина — в журнале Deskgauge.",
        "无法计算数据。原因见 Deskgauge 的日志。",
    ),
    "slack.forbidden": (
        "You may not see the numbers here.",
        "Šeit jūs nedrīkstat redzēt skaitļus.",
        "Здесь вам нельзя видеть числа.",
        "您无权在此查看数据。",
    ),
    "slack.forbidden.do": (
        "The policy names the people and channels that may ask (slack.users, slack.channels).",
        "Politikā ir nosaukti cilvēki un kanāli, kas drīkst jautāt (slack.users, slack.channels).",
        "В политике названы люди и каналы, которым можно спрашивать (slack.users, slack.channels).",
        "策略中列出了可查询的人员和频道（slack.users、slack.channels）。",
    ),
    "slack.help": (
        "{command} [KPI] [period]",
        "{command} [KPI] [periods]",
        "{command} [KPI] [период]",
        "{command} [KPI] [周期]",
    ),
    "slack.help.1": (
        "{command} alone shows the usual numbers of today.",
        "{command} viens pats parāda šodienas parastos skaitļus.",
        "{command} без слов показывает обычные числа за сегодня.",
        "仅输入 {command} 显示今天的常用指标。",
    ),
    "slack.help.2": (
        "A KPI is named by its key or by its name in English, Latvian, Russian or Chinese.",
        "KPI raksta ar atslēgu vai ar nosaukumu angļu, latviešu, krievu vai ķīniešu valodā.",
        "KPI пишется ключом или названием на английском, латышском, русском или китайском.",
        "KPI 可用其键名，或英语、拉脱维亚语、俄语、中文的名称。",
    ),
    "slack.help.3": (
        "A period is today, yesterday, this or last hour, day, week, month, quarter or year, "
        "a date, 2026-W47, 2026-11, 2026-Q4 or 2026.",
        "Periods ir šodien, vakar, šonedēļ, pagājušajā nedēļā, šomēnes, pagājušajā mēnesī, "
        "datums, 2026-W47, 2026-11, 2026-Q4 vai 2026.",
        "Период — это сегодня, вчера, эта неделя, прошлая неделя, этот месяц, прошлый месяц, "
        "дата, 2026-W47, 2026-11, 2026-Q4 или 2026.",
        "周期可写：今天、昨天、本周、上周、本月、上月、日期、2026-W47、2026-11、2026-Q4 或 2026。",
    ),
    "slack.help.examples": ("Examples", "Piemēri", "Примеры", "示例"),
    "slack.no_kpi": ("“{text}” is no KPI.", "“{text}” nav KPI.", "«{text}» — не KPI.", "“{text}”不是 KPI。"),
    "slack.no_kpi.do": (
        "{command} help says what can be written.",
        "{command} help pasaka, ko var rakstīt.",
        "{command} help покажет, что можно написать.",
        "输入 {command} help 查看写法。",
    ),
    "slack.did_you_mean": ("Did you mean", "Vai domājāt", "Возможно, вы имели в виду", "您是否要找"),
    "slack.no_period": (
        "“{text}” is no period.",
        "“{text}” nav periods.",
        "«{text}» — не период.",
        "“{text}”不是周期。",
    ),
    "slack.no_period.do": (
        "Write yesterday, last week, 2026-10-05, 2026-W40, 2026-10, 2026-Q3 or 2026.",
        "Rakstiet vakar, pagājušajā nedēļā, 2026-10-05, 2026-W40, 2026-10, 2026-Q3 vai 2026.",
        "Напишите: вчера, прошлая неделя, 2026-10-05, 2026-W40, 2026-10, 2026-Q3 или 2026.",
        "请写：昨天、上周、2026-10-05、2026-W40、2026-10、2026-Q3 或 2026。",
    ),
    "slack.refresh": ("Refresh", "Atsvaidzināt", "Обновить", "刷新"),
    "slack.as_of": (
        "As of {moment} ({zone}).",
        "Stāvoklis {moment} ({zone}).",
        "По состоянию на {moment} ({zone}).",
        "截至 {moment}（{zone}）。",
    ),
    "slack.incidents": (
        "Open incidents: {count}",
        "Atvērtie incidenti: {count}",
        "Открытые инциденты: {count}",
        "未结束的事件：{count}",
    ),
    "slack.no_incidents": ("No open incidents", "Nav atvērtu incidentu", "Открытых инцидентов нет", "没有未结束的事件"),
    "slack.more_incidents": ("… {count} more.", "… vēl {count}.", "… ещё {count}.", "… 另有 {count} 项。"),
    "slack.behind": (
        "Behind this alert",
        "Kas ir aiz šī brīdinājuma",
        "Что стоит за этим предупреждением",
        "此告警的相关记录",
    ),
    "slack.behind.none": (
        "Nothing of it is listed one by one.",
        "Nekas no tā netiek uzskaitīts pa vienam.",
        "Отдельных записей для этого нет.",
        "没有可逐条列出的记录。",
    ),
}
