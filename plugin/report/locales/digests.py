"""What only digests say: every sentence in the order of LANGUAGES (English, Latvian, Russian, Chinese)."""

from __future__ import annotations

LANGUAGES = ("en", "lv", "ru", "zh")
Sentences = tuple[str, str, str, str]

SENTENCES: dict[str, Sentences] = {
    "goal.line": ("Goal: {goal}", "Mērķis: {goal}", "Задача: {goal}", "目标：{goal}"),
    "goal.target": ("{label} {target}", "{label} {target}", "{label} {target}", "{label} {target}"),
    "goal.more": ("{count} more targets", "vēl {count} mērķi", "другие цели ({count})", "其他 {count} 项目标"),
    "column.target.attained": ("Target (attained)", "Mērķis (izpilde)", "Цель (выполнение)", "目标（达成率）"),
    "target.attained": (
        "{target} ({attained})",
        "{target} ({attained})",
        "{target} ({attained})",
        "{target}（{attained}）",
    ),
    "note.unmeasured": (
        "Nothing was measured for {period}, so it is not compared with.",
        "Par periodu {period} nav datu, tāpēc salīdzinājuma nav.",
        "За период «{period}» данных нет, поэтому сравнения нет.",
        "{period}没有数据，因此不作比较。",
    ),
    "column.change.on": ("vs {period}", "pret {period}", "к {period}", "比 {period}"),
}
