"""In the order English, Latvian, Russian, Chinese."""

METRICS = {
    "received": ("Tickets received", "Saņemtie pieteikumi", "Поступившие заявки", "工单接收量"),
    "solved": ("Tickets solved", "Atrisinātie pieteikumi", "Решённые заявки", "工单解决量"),
    "resolution_rate": ("Resolution rate", "Atrisināto pieteikumu īpatsvars", "Доля решённых обращений", "解决率"),
    "fcr": ("First-contact resolution", "Atrisināts pirmajā saziņā", "Решение с первого контакта", "首次解决率"),
    "fcr_repeat": (
        "First-contact resolution (no repeat contact)",
        "Atrisināts pirmajā saziņā (bez atkārtotas saziņas)",
        "Решение с первого контакта (без повторов)",
        "首次解决率（无重复来访）",
    ),
    "fcr_survey": (
        "First-contact resolution (survey)",
        "Atrisināts pirmajā saziņā (aptauja)",
        "Решение с первого контакта (опрос)",
        "首次解决率（调查）",
    ),
    "repeat_contact_rate": (
        "Repeat-contact rate",
        "Atkārtoto saziņu īpatsvars",
        "Доля повторных обращений",
        "重复来电率",
    ),
    "first_response_time": ("First response time", "Pirmās atbildes laiks", "Время первого ответа", "首次响应时间"),
    "reply_time": ("Reply time", "Atbildes laiks", "Время ответа", "响应时间"),
    "resolution_time": ("Resolution time", "Atrisināšanas laiks", "Время решения", "解决时长"),
    "reopen_rate": ("Reopen rate", "Atkārtoti atvērto īpatsvars", "Доля переоткрытых", "重开率"),
    "backlog": ("Backlog", "Neatrisināto uzkrājums", "Незакрытые обращения", "积压工单"),
    "backlog_age": ("Age of the backlog", "Uzkrājuma vecums", "Возраст незакрытых обращений", "积压工单时长"),
    "sla_compliance": ("SLA compliance", "SLA izpilde", "Соблюдение SLA", "SLA 达成率"),
    "one_touch_rate": (
        "One-touch rate",
        "Ar vienu atbildi atrisināto īpatsvars",
        "Решено одним ответом",
        "一次回复解决率",
    ),
    "fcr_disposition": (
        "First-contact resolution (disposition)",
        "Atrisināts pirmajā saziņā (aģenta atzīme)",
        "Решение с первого контакта (отметка оператора)",
        "首次解决率（座席标记）",
    ),
    "call_resolution_rate": (
        "Call resolution rate",
        "Zvanu atrisināšanas īpatsvars",
        "Доля решённых звонков",
        "来电解决率",
    ),
    "call_resolution_rate.answered": (
        "Call resolution rate of handled contacts",
        "Apkalpoto zvanu atrisināšanas īpatsvars",
        "Доля решённых среди принятых звонков",
        "已接来电解决率",
    ),
}

MEASURES = {
    "received": ("tickets received", "saņemtie pieteikumi", "поступившие заявки", "收到的工单"),
    "first_responses": (
        "tickets that got their first answer",
        "pieteikumi, kas saņēma pirmo atbildi",
        "заявки, получившие первый ответ",
        "获得首次响应的工单",
    ),
    "first_response_ms": (
        "time from creation to the first answer of a person",
        "laiks no izveides līdz cilvēka pirmajai atbildei",
        "время от создания до первого ответа человека",
        "从创建到人工首次响应的时长",
    ),
    "solved": ("tickets solved", "atrisinātie pieteikumi", "решённые заявки", "已解决的工单"),
    "resolution_ms": (
        "time from creation to the solution",
        "laiks no izveides līdz atrisinājumam",
        "время от создания до решения",
        "从创建到解决的时长",
    ),
    "solved_at_first_contact": (
        "tickets solved with one answer at most",
        "pieteikumi, kas atrisināti ar ne vairāk kā vienu atbildi",
        "заявки, решённые не более чем одним ответом",
        "至多一次回复即解决的工单",
    ),
    "reopened_tickets": (
        "distinct tickets reopened",
        "atkārtoti atvērtie pieteikumi, katrs vienreiz",
        "повторно открытые заявки, каждая один раз",
        "重开的工单（每张计一次）",
    ),
    "spans_opened": (
        "tickets opened or reopened",
        "atvērtie un atkārtoti atvērtie pieteikumi",
        "открытые и повторно открытые заявки",
        "新开与重开的工单",
    ),
    "spans_solved": ("tickets solved", "atrisinātie pieteikumi", "решённые заявки", "已解决的工单"),
    "repeat_eligible": (
        "handled contacts of known customers",
        "zināmu klientu apkalpotās saziņas",
        "обработанные обращения известных клиентов",
        "已知客户的已处理联络",
    ),
    "repeated_contacts": (
        "of them, those that were followed by another",
        "no tām, kurām sekoja vēl viena",
        "из них те, за которыми последовало ещё одно",
        "其中之后再次来访的",
    ),
    "unrepeated_contacts": (
        "of them, those that no other followed",
        "no tām, kurām nesekoja neviena cita",
        "из них те, за которыми не последовало других",
        "其中之后未再来访的",
    ),
    "contacts_resolved": (
        "handled contacts marked as resolved",
        "apkalpotās saziņas ar atzīmi „atrisināts”",
        "обработанные обращения с отметкой «решено»",
        "标记为已解决的已处理联络",
    ),
}
