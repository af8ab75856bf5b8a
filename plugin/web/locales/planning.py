"""The page of staffing, and why a KPI moved: each text in English, Latvian, Russian and Chinese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "nav.staffing": ("Staffing", "Aģentu skaits", "Персонал", "人力"),
    "staffing": ("How many agents are needed", "Cik aģentu vajag", "Сколько нужно операторов", "需要多少座席"),
    "staffing.why": (
        "Enter a load, or take the hours of a past period. The page says how many agents reach the target, and how service goes "
        "with fewer and with more.",
        "Ievadiet slodzi vai paņemiet kāda pagājuša perioda stundas. Lapa pasaka, ar cik aģentiem mērķis ir sasniedzams un kāda "
        "ir apkalpošana, ja viņu ir mazāk vai vairāk.",
        "Введите нагрузку или возьмите часы прошедшего периода. Страница покажет, сколько операторов нужно для цели и каким будет "
        "обслуживание, если их меньше или больше.",
        "输入话务量，或取过去某个周期的各小时。本页给出达到目标所需的座席数，以及座席更少或更多时的服务情况。",
    ),
    "staffing.form": ("Load and target", "Slodze un mērķis", "Нагрузка и цель", "话务量与目标"),
    "staffing.from": ("Where the load comes from", "Slodzes avots", "Откуда берётся нагрузка", "话务量来源"),
    "staffing.from.load": ("A load", "Slodze", "Нагрузка", "输入话务量"),
    "staffing.from.history": ("A past period", "Pagājis periods", "Прошедший период", "过去周期"),
    "staffing.field.contacts": ("Contacts", "Kontakti", "Обращения", "联络量"),
    "staffing.field.interval": ("Arrive within", "Saņemti", "Поступают за", "到达时段"),
    "staffing.field.aht": (
        "Average handle time",
        "Vidējais apstrādes laiks",
        "Среднее время обработки",
        "平均处理时长",
    ),
    "staffing.field.patience": ("Patience", "Klientu pacietība", "Терпение клиентов", "客户耐心"),
    "staffing.field.shrinkage": ("Shrinkage", "Darba laika zudums", "Потери рабочего времени", "损耗率"),
    "staffing.field.occupancy": ("Highest occupancy", "Augstākā noslodze", "Предельная занятость", "最高占有率"),
    "staffing.interval.15m": ("15 minutes", "15 minūtēs", "15 минут", "15 分钟"),
    "staffing.interval.30m": ("30 minutes", "30 minūtēs", "30 минут", "30 分钟"),
    "staffing.interval.1h": ("one hour", "stundā", "час", "1 小时"),
    "staffing.hint.aht": (
        "Seconds, or like 3m or 3:00",
        "Sekundēs vai kā 3m, 3:00",
        "В секундах или как 3m, 3:00",
        "秒，或写作 3m、3:00",
    ),
    "staffing.hint.period": (
        "last week, 2026-W40, 2026-10",
        "last week, 2026-W40, 2026-10",
        "last week, 2026-W40, 2026-10",
        "last week、2026-W40、2026-10",
    ),
    "staffing.hint.target": (
        "80/20: 80 % answered within 20 seconds",
        "80/20: 80 % atbildēti 20 sekundēs",
        "80/20: 80 % отвечены за 20 секунд",
        "80/20：80% 在 20 秒内应答",
    ),
    "staffing.hint.patience": (
        "Until they give up, such as 90 or 2m; empty: they wait for ever",
        "Līdz atmet ar roku, piemēram, 90 vai 2m; tukšs: gaida bezgalīgi",
        "Пока не повесят трубку, например 90 или 2m; пусто: ждут бесконечно",
        "直到放弃的平均时间，如 90 或 2m；留空表示一直等",
    ),
    "staffing.hint.shrinkage": (
        "Paid time away from contacts: breaks, leave, training",
        "Apmaksātais laiks bez kontaktiem: pauzes, atvaļinājumi, mācības",
        "Оплаченное время без обращений: перерывы, отпуска, обучение",
        "有薪但不接联络的时间：休息、休假、培训",
    ),
    "staffing.hint.occupancy": (
        "Busier than this nobody stays for long",
        "Lielāku noslodzi ilgi neviens neiztur",
        "С большей занятостью долго не работают",
        "超过此值难以长期维持",
    ),
    "staffing.all_queues": ("All queues", "Visas rindas", "Все очереди", "所有队列"),
    "staffing.compute": ("Compute", "Aprēķināt", "Рассчитать", "计算"),
    "staffing.wrong": (
        "One field needs another value",
        "Vienā laukā vajag citu vērtību",
        "Исправьте значение поля",
        "有字段需要修改",
    ),
    "staffing.wrong.why": (
        "It says so beside the field.",
        "Paskaidrojums ir pie lauka.",
        "Пояснение стоит у поля.",
        "说明在该字段旁。",
    ),
    "staffing.bad.contacts": (
        "Write how many arrive: more than 0, such as 100, and less than 20,000 agents' work.",
        "Rakstiet, cik pienāk: vairāk par 0, piemēram, 100, un mazāk nekā 20 000 aģentu darbs.",
        "Напишите, сколько поступает: больше 0, например 100, и меньше работы 20 000 операторов.",
        "请填写到达数量：大于 0，如 100，且少于 20,000 名座席的工作量。",
    ),
    "staffing.bad.interval": (
        "Write a length of time such as 30m or 1h.",
        "Rakstiet ilgumu, piemēram, 30m vai 1h.",
        "Напишите длительность, например 30m или 1h.",
        "请填写时长，如 30m 或 1h。",
    ),
    "staffing.bad.aht": (
        "Write a length of time above 0, such as 180, 3m or 3:00.",
        "Rakstiet ilgumu, kas lielāks par 0, piemēram, 180, 3m vai 3:00.",
        "Напишите длительность больше 0, например 180, 3m или 3:00.",
        "请填写大于 0 的时长，如 180、3m 或 3:00。",
    ),
    "staffing.bad.patience": (
        "Write a length of time above 0, such as 90 or 2m, or leave it empty.",
        "Rakstiet ilgumu, kas lielāks par 0, piemēram, 90 vai 2m, vai atstājiet tukšu.",
        "Напишите длительность больше 0, например 90 или 2m, или оставьте пустым.",
        "请填写大于 0 的时长，如 90 或 2m，或留空。",
    ),
    "staffing.bad.target": (
        "Write per cent and seconds, such as 80/20; the per cent between 0 and 100.",
        "Rakstiet procentus un sekundes, piemēram, 80/20; procenti starp 0 un 100.",
        "Напишите проценты и секунды, например 80/20; проценты между 0 и 100.",
        "请填写百分比和秒数，如 80/20；百分比在 0 与 100 之间。",
    ),
    "staffing.bad.shrinkage": (
        "Write per cent from 0 to less than 100, such as 30.",
        "Rakstiet procentus no 0 līdz mazāk par 100, piemēram, 30.",
        "Напишите проценты от 0 и меньше 100, например 30.",
        "请填写 0 到 100（不含）的百分比，如 30。",
    ),
    "staffing.bad.occupancy": (
        "Write per cent above 0 and up to 100, such as 85.",
        "Rakstiet procentus virs 0 un līdz 100, piemēram, 85.",
        "Напишите проценты больше 0 и до 100, например 85.",
        "请填写大于 0、不超过 100 的百分比，如 85。",
    ),
    "staffing.bad.period": (
        "Write a period such as last week, 2026-W40, 2026-10 or 2026-10-05.",
        "Rakstiet periodu, piemēram, last week, 2026-W40, 2026-10 vai 2026-10-05.",
        "Напишите период, например last week, 2026-W40, 2026-10 или 2026-10-05.",
        "请填写周期，如 last week、2026-W40、2026-10 或 2026-10-05。",
    ),
    "staffing.bad.nothing": (
        "Nothing was answered in this period, so no handle time is known. Choose another period or queue.",
        "Šajā periodā nekas nav atbildēts, tāpēc apstrādes laiks nav zināms. Izvēlieties citu periodu vai rindu.",
        "В этом периоде ничего не отвечено, время обработки неизвестно. Выберите другой период или очередь.",
        "该周期没有应答，处理时长未知。请选择其他周期或队列。",
    ),
    "staffing.need": ("What is needed", "Cik vajag", "Сколько нужно", "所需人力"),
    "staffing.at_once": (
        "agents at the same time",
        "aģenti vienlaikus",
        "операторов одновременно",
        "名座席同时在岗",
    ),
    "staffing.scheduled": (
        "{scheduled} on the roster with {shrinkage} % shrinkage",
        "{scheduled} darba grafikā, ja zudums ir {shrinkage} %",
        "{scheduled} в графике при потерях {shrinkage} %",
        "损耗率 {shrinkage}% 时排班 {scheduled} 人",
    ),
    "staffing.erlangs": (
        "for {erlangs} erlangs of load",
        "{erlangs} erlangu slodzei",
        "при нагрузке {erlangs} эрланг",
        "话务量 {erlangs} 爱尔兰",
    ),
    "staffing.in_time": (
        "Answered within {threshold}",
        "Atbildēti {threshold} laikā",
        "Отвечено за {threshold}",
        "{threshold} 内应答",
    ),
    "staffing.in_time.short": ("In time", "Laikā", "Вовремя", "及时"),
    "staffing.wait.short": ("Wait", "Gaidīšana", "Ожидание", "等待"),
    "staffing.abandoned": ("Give up", "Atmet", "Уходят", "放弃"),
    "staffing.agents": ("Agents", "Aģenti", "Операторы", "座席"),
    "staffing.needed": ("needed", "vajag", "нужно", "需要"),
    "staffing.there": ("there", "bija", "было", "在岗"),
    "staffing.roster": ("roster", "grafikā", "в графике", "排班"),
    "staffing.contacts": ("contacts", "kontakti", "обращения", "联络"),
    "staffing.aht": ("handle time", "apstrāde", "обработка", "处理时长"),
    "staffing.steps": (
        "Service by number of agents",
        "Apkalpošana pēc aģentu skaita",
        "Обслуживание в зависимости от числа операторов",
        "不同座席数下的服务",
    ),
    "staffing.endless": (
        "the queue grows without end",
        "rinda aug bezgalīgi",
        "очередь растёт без конца",
        "队列无限增长",
    ),
    "staffing.chart.load": (
        "Service level by number of agents: {agents} reach the target",
        "Apkalpošanas līmenis pēc aģentu skaita: mērķim vajag {agents}",
        "Уровень обслуживания по числу операторов: для цели нужно {agents}",
        "不同座席数的服务水平：{agents} 名达到目标",
    ),
    "staffing.chart.day": (
        "{day}: agents needed in each hour",
        "{day}: vajadzīgie aģenti katrā stundā",
        "{day}: нужные операторы по часам",
        "{day}：每小时所需座席",
    ),
    "staffing.day": ("Weekday", "Nedēļas diena", "День недели", "星期"),
    "staffing.untold": (
        "No source tells who was logged in, so this says only how many agents each hour needed.",
        "Neviens avots nevēsta, kas bija pieteicies, tāpēc te ir tikai vajadzīgo aģentu skaits stundā.",
        "Ни один источник не сообщает, кто был в системе, поэтому показано только, сколько операторов нужно в каждый час.",
        "没有来源提供登录信息，因此这里只显示每小时所需座席数。",
    ),
    "staffing.short": (
        "In {count} of {hours} hours of the week fewer agents were there than needed. Most are missing on {day} at {hour}: "
        "needed {needed}, there {there}.",
        "{count} no {hours} nedēļas stundām aģentu bija mazāk, nekā vajag. "
        "Visvairāk trūkst: {day} {hour}, vajag {needed}, bija {there}.",
        "В {count} из {hours} часов недели операторов было меньше, чем нужно. Больше всего не хватает: {day}, {hour}, "
        "нужно {needed}, было {there}.",
        "一周 {hours} 个小时中有 {count} 个小时在岗座席少于所需。缺口最大：{day} {hour}，需要 {needed}，在岗 {there}。",
    ),
    "staffing.enough": (
        "In every hour of the week as many agents were there as needed.",
        "Katrā nedēļas stundā aģentu bija tik, cik vajag.",
        "В каждый час недели операторов было достаточно.",
        "一周的每个小时在岗座席都足够。",
    ),
    "staffing.week": ("The whole week", "Visa nedēļa", "Вся неделя", "整周"),
    "staffing.week.how": (
        "Agents needed / there; ✗ where too few were there.",
        "Vajadzīgie aģenti / bija; ✗, kur bija par maz.",
        "Нужно операторов / было; ✗ там, где не хватало.",
        "所需座席 / 在岗座席；✗ 表示人手不足。",
    ),
    "staffing.week.needed": (
        "Agents needed in each hour.",
        "Vajadzīgie aģenti katrā stundā.",
        "Нужно операторов в каждый час.",
        "每小时所需座席。",
    ),
    "staffing.note.model": (
        "By Erlang C, and by Erlang A when customers have patience: contacts arrive at random, whoever waits longest is next, "
        "every agent takes every contact.",
        "Pēc Erlang C, bet, ja norādīta klientu pacietība, pēc Erlang A: kontakti pienāk nejauši, nākamais ir tas, kas gaida "
        "visilgāk, un katrs aģents pieņem visus kontaktus.",
        "По модели Erlang C, а при заданном терпении по Erlang A: обращения поступают случайно, следующий тот, кто ждёт дольше "
        "всех, и каждый оператор принимает все обращения.",
        "按 Erlang C 计算；填写客户耐心时按 Erlang A：联络随机到达，等待最久者优先，每名座席可接所有联络。",
    ),
    "staffing.note.agents": (
        "Who gives up counts as not answered in time. Skills, priorities and peaks within the hour make waiting longer.",
        "Kas nesagaida, skaitās laikā neatbildēts. Prasmes, prioritātes un kāpumi stundas laikā gaidīšanu pagarina.",
        "Кто не дождался, считается не отвеченным вовремя. Навыки, приоритеты и пики внутри часа удлиняют ожидание.",
        "放弃者视为未及时应答。技能分组、优先级和小时内的高峰会使等待更长。",
    ),
    "staffing.note.there": (
        "Agents who were there: logged in and not on a pause. For one queue they are shared out by handle time.",
        "Aģenti, kas bija: pieteikušies un ne pauzē. Vienai rindai viņi sadalīti pēc apstrādes laika.",
        "Операторы, которые были: в системе и не на паузе. Для одной очереди они распределены по времени обработки.",
        "在岗座席：已登录且未小休。对单个队列按处理时长分摊。",
    ),
    # Why it moved
    "why": ("Why it moved", "Kāpēc mainījās", "Почему изменилось", "变化原因"),
    "why.by": ("Tell by", "Skaidrot pēc", "Объяснить по", "分解维度"),
    "why.own": ("Own value", "Pašas vērtība", "Своё значение", "自身数值"),
    "why.share": ("Share of the whole", "Daļa kopumā", "Доля в целом", "占比"),
    "why.sum": ("Together", "Kopā", "Вместе", "合计"),
    "why.others": ("{count} others", "Vēl {count}", "Ещё {count}", "其他 {count} 项"),
    "why.untold": (
        "What groups do not tell",
        "Ko grupas neizskaidro",
        "Не объясняется группами",
        "分组无法解释",
    ),
    "why.change": ("The change", "Izmaiņas", "Изменение", "变化"),
    "why.how": (
        "Own value: what changed within the group, at the mean of its two shares. Share of the whole: the group grew or shrank, "
        "and is better or worse than the average was. Both of all groups make the change.",
        "Pašas vērtība: kas mainījās grupā, ar abu daļu vidējo. Daļa kopumā: grupa kļuva lielāka vai mazāka un ir labāka vai "
        "sliktāka par agrāko vidējo. Visu grupu abas daļas kopā ir izmaiņas.",
        "Своё значение: что изменилось внутри группы, при среднем из двух её долей. Доля в целом: группа выросла или уменьшилась "
        "и лучше или хуже прежнего среднего. Вместе по всем группам они дают изменение.",
        "自身数值：组内的变化，按前后占比的均值计。占比：该组变大或变小，且优于或劣于原平均值。所有组两项之和即为总变化。",
    ),
    "why.chart": ("{label}: who moved it", "{label}: kas to mainīja", "{label}: что изменило", "{label}：变化来源"),
    "why.model": (
        "By a model of the queue (Erlang A, patience {patience})",
        "Pēc rindas modeļa (Erlang A, pacietība {patience})",
        "По модели очереди (Erlang A, терпение {patience})",
        "按排队模型（Erlang A，耐心 {patience}）",
    ),
    "why.model.volume": ("Volume of contacts", "Kontaktu apjoms", "Объём обращений", "联络量"),
    "why.model.handle_time": ("Handle time", "Apstrādes laiks", "Время обработки", "处理时长"),
    "why.model.staffing": ("Agents logged in", "Pieteikušies aģenti", "Операторы в системе", "登录座席"),
    "why.model.untold": (
        "What the model does not tell",
        "Ko modelis neizskaidro",
        "Не объясняется моделью",
        "模型无法解释",
    ),
}
