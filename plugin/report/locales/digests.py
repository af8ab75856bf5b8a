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
    "section.advice": ("Advice", "Ieteikumi", "Рекомендации", "建议"),
    "advice.centre": ("all queues", "visas rindas", "все очереди", "全部队列"),
    "advice.staffing": (
        "More agents, {queue}: {hours}. Needed by Erlang C for {share} within {threshold}.",
        "Vairāk aģentu, {queue}: {hours}. Vajadzība pēc Erlang C, lai {share} atbildētu {threshold} laikā.",
        "Больше операторов, {queue}: {hours}. Потребность по Erlang C для {share} за {threshold}.",
        "增加坐席，{queue}：{hours}。按 Erlang C 计算，目标为 {threshold} 内 {share}。",
    ),
    "advice.staffing.hour": (
        "{hour} had {there} and needs {needed} ({contacts} contacts an hour of {aht}, service level {level})",
        "{hour} bija {there}, vajag {needed} ({contacts} saziņas stundā pa {aht}, servisa līmenis {level})",
        "{hour}: было {there}, нужно {needed} (обращений в час: {contacts} по {aht}, уровень сервиса {level})",
        "{hour} 有 {there} 人，需要 {needed} 人（每小时 {contacts} 个来访，每个 {aht}，服务水平 {level}）",
    ),
    "advice.callbacks": (
        "Offer callbacks, {queue}: {hours}; it is quieter within four hours, so there is time to call back.",
        "Piedāvājiet atzvanīšanu, {queue}: {hours}; četru stundu laikā kļūst mierīgāk, tāpēc ir laiks atzvanīt.",
        "Предложите обратный звонок, {queue}: {hours}; в течение четырёх часов становится спокойнее, есть время перезвонить.",
        "提供回呼，{queue}：{hours}；四小时内会变得空闲，有时间回呼。",
    ),
    "advice.callbacks.hour": (
        "at {hour} {lost} of {offered} gave up",
        "{hour} rindu pameta {lost} no {offered}",
        "{hour}: не дождались {lost} из {offered}",
        "{hour} 有 {lost}/{offered} 放弃",
    ),
    "advice.cost": (
        "{label}, {dimension} {group}: {amount} served no contact and no ticket. Cancel it, or check its source.",
        "{label}, {dimension} {group}: par {amount} nav nevienas saziņas un pieteikuma. Atsakieties vai pārbaudiet avotu.",
        "{label}, {dimension} {group}: за {amount} ни одного обращения и ни одной заявки. Откажитесь или проверьте источник.",
        "{label}，{dimension} {group}：{amount} 没有服务任何来访或工单。请取消，或检查其来源为何没有数据。",
    ),
    "advice.repeat": (
        "Customers of {group} come back: {rate} of {n} contacts, elsewhere {rest}. Look at what the first answer leaves open.",
        "Klienti atgriežas, {group}: {rate} no {n}, citur {rest}. Pārbaudiet, ko pirmā atbilde neatrisina.",
        "Клиенты возвращаются, {group}: {rate} из {n}, в остальных {rest}. Проверьте, что первый ответ не решает.",
        "{group} 的客户再次来访：{n} 个来访中 {rate}，其他为 {rest}。请检查首次答复遗漏了什么。",
    ),
    "advice.transfer": (
        "{group} hands on {rate} of its {n} contacts, the others {rest}. Teach it what it cannot solve, or route that elsewhere.",
        "{group} pārsūta {rate} no {n} saziņām, pārējie {rest}. Apmāciet vai maršrutējiet citur.",
        "{group} переводит {rate} из {n} обращений, остальные {rest}. Обучите или направляйте их сразу в другую очередь.",
        "{group} 转出其 {n} 个来访的 {rate}，其他为 {rest}。请培训，或将这些来访转到别处。",
    ),
    "advice.wrap_up": (
        "Wrap-up of {agents}; usual is {usual}. See what keeps them.",
        "Pēcapstrāde: {agents}; parasti {usual}. Noskaidrojiet, kas aizkavē.",
        "Поствызывная обработка: {agents}; обычно {usual}. Выясните, что задерживает.",
        "话后处理：{agents}；通常为 {usual}。请了解原因。",
    ),
    "advice.wrap_up.agent": (
        "{agent} takes {own} ({n} contacts)",
        "{agent} {own} (saziņas: {n})",
        "{agent} {own} (обращений: {n})",
        "{agent} {own}（{n} 个来访）",
    ),
    "section.proposals": (
        "Proposed targets for {period}",
        "Ierosinātie mērķi: {period}",
        "Предлагаемые цели: {period}",
        "{period}的建议目标",
    ),
    "proposal.met": (
        "{label}: {new} instead of {old} (met in all {months} months; median of the better half of {days} days: {reached})",
        "{label}: {new}, nevis {old} (sasniegts visos {months} mēnešos; labākās puses mediāna no {days} dienām: {reached})",
        "{label}: {new} вместо {old} (достигнуто все {months} месяца; медиана лучшей половины из {days} дней: {reached})",
        "{label}：{new}，原为 {old}（{months} 个月均已达成；{days} 天中较好一半的中位数：{reached}）",
    ),
    "proposal.missed": (
        "{label}: {new} instead of {old} (missed in all {months} months; median of the better half of {days} days: {reached})",
        "{label}: {new}, nevis {old} (nesasniegts visos {months} mēnešos; labākās puses mediāna no {days} dienām: {reached})",
        "{label}: {new} вместо {old} (не достигнуто все {months} месяца; медиана лучшей половины из {days} дней: {reached})",
        "{label}：{new}，原为 {old}（{months} 个月均未达成；{days} 天中较好一半的中位数：{reached}）",
    ),
    "proposal.apply": (
        "To take them, put this behind the other targets of the policy and apply it:",
        "Lai tos pieņemtu, ielieciet šo aiz citiem politikas mērķiem un lietojiet to:",
        "Чтобы принять их, добавьте это после других целей политики и примените её:",
        "如要采用，请将以下内容放在策略的其他目标之后并应用：",
    ),
    "section.quality": ("Data quality", "Datu kvalitāte", "Качество данных", "数据质量"),
    "quality.line": ("{title}: {said}", "{title}: {said}", "{title}: {said}", "{title}：{said}"),
    "link.records": ("{label}: records", "{label}: ieraksti", "{label}: записи", "{label}：明细"),
    "note.unread": (
        "Sent although deliveries that had come by then were not read yet ({count}): these numbers will change.",
        "Nosūtīts, kaut gan līdz tam saņemtie ziņojumi vēl nav nolasīti ({count}): skaitļi mainīsies.",
        "Отправлено, хотя полученные к тому времени сообщения ещё не прочитаны ({count}): цифры изменятся.",
        "发送时仍有 {count} 条已收到的数据未读取：这些数字将会改变。",
    ),
    "note.silent": (
        "Silent source: {source} has sent nothing since {moment}, which is unusual.",
        "Kluss avots: {source} neko nav sūtījis kopš {moment}, kas ir neparasti.",
        "Источник молчит: {source} ничего не присылал с {moment}, это необычно.",
        "静默的数据源：{source} 自 {moment} 起没有发送数据，这不寻常。",
    ),
    "note.unmeasured": (
        "Nothing was measured for {period}, so it is not compared with.",
        "Par periodu {period} nav datu, tāpēc salīdzinājuma nav.",
        "За период «{period}» данных нет, поэтому сравнения нет.",
        "{period}没有数据，因此不作比较。",
    ),
    "column.change.on": ("vs {period}", "pret {period}", "к {period}", "比 {period}"),
}
