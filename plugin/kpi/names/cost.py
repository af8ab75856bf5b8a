"""In the order English, Latvian, Russian, Chinese."""

#: category of costs --> what it is called
CATEGORIES = {
    "wages": ("wages", "algas", "зарплаты", "工资"),
    "operations": ("operation and management", "darbība un vadība", "операционные и управленческие", "运营与管理"),
    "rent": ("rent and office", "telpas un birojs", "аренда и офис", "租金与办公"),
    "utilities": ("utilities", "komunālie pakalpojumi", "коммунальные услуги", "水电"),
    "software": ("software licences", "programmatūras licences", "лицензии на ПО", "软件许可"),
    "it": ("IT infrastructure", "IT infrastruktūra", "ИТ-инфраструктура", "IT 基础设施"),
    "hardware": ("hardware", "datortehnika", "оборудование", "硬件"),
    "telephony": ("telephony", "telefonija", "телефония", "电话通信"),
    "channel_tools": ("tools of other channels", "citu kanālu rīki", "инструменты других каналов", "其他渠道工具"),
    "taxes": ("taxes", "nodokļi", "налоги", "税费"),
    "training": ("training and recruiting", "apmācība un atlase", "обучение и подбор", "培训与招聘"),
    "outsourcing": ("outsourcing", "ārpakalpojumi", "аутсорсинг", "外包"),
    "overtime": ("overtime", "virsstundas", "сверхурочные", "加班"),
    "benefits": ("benefits", "sociālās garantijas", "социальные льготы", "员工福利"),
    "incentives": ("incentives", "prēmijas", "премии", "激励奖金"),
    "contractors": ("contractors", "līgumdarbinieki", "подрядчики", "合同工"),
    "travel": ("travel", "komandējumi", "командировки", "差旅"),
    "supplies": ("supplies", "materiāli un piederumi", "расходные материалы", "耗材"),
    "other": ("other", "citas", "прочие", "其他"),
}
_OF_A_CATEGORY = ("Cost: {}", "Izmaksas: {}", "Затраты: {}", "成本：{}")


def _named(pattern: tuple[str, ...], names: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    english, latvian, russian, chinese = (form.format(name) for form, name in zip(pattern, names, strict=True))
    return english, latvian, russian, chinese


METRICS = {
    "total_cost": ("Total cost", "Kopējās izmaksas", "Общие затраты", "总成本"),
    **{f"total_cost.{key}": _named(_OF_A_CATEGORY, names) for key, names in CATEGORIES.items()},
    "cost_per_contact": ("Cost per contact", "Kontakta izmaksas", "Стоимость контакта", "单次联络成本"),
    "cost_per_contact.received": (
        "Cost per received contact",
        "Saņemtās saziņas izmaksas",
        "Стоимость поступившего контакта",
        "单次呼入联络成本",
    ),
    "cost_per_call": ("Cost per call", "Izmaksas par zvanu", "Стоимость звонка", "单次通话成本"),
    "cost_per_call.all": (
        "Cost per call (of all calls)",
        "Izmaksas par zvanu (no visiem zvaniem)",
        "Стоимость звонка (от всех звонков)",
        "单次通话成本（按全部来去电）",
    ),
    "cost_per_ticket": ("Cost per ticket", "Izmaksas par pieteikumu", "Стоимость заявки", "单张工单成本"),
    "cost_per_resolution": (
        "Cost per resolution",
        "Izmaksas par atrisinājumu",
        "Стоимость решения",
        "单次解决成本",
    ),
    "cost_per_minute": (
        "Cost per handled minute",
        "Izmaksas par apstrādes minūti",
        "Стоимость минуты обработки",
        "每处理分钟成本",
    ),
    "plan_attainment": ("Plan attainment", "Plāna izpilde", "Выполнение плана", "达成率"),
}

MEASURES = {
    "calls": (
        "all calls in and out, connected or not",
        "visi ienākošie un izejošie zvani, savienoti vai ne",
        "все входящие и исходящие звонки, соединённые или нет",
        "所有呼入与呼出来电（无论是否接通）",
    ),
    "contacts_connected": (
        "contacts that reached an agent",
        "saziņas, kas sasniedza aģentu",
        "обращения, дошедшие до оператора",
        "接通座席的联络",
    ),
    "calls_connected": (
        "calls that reached an agent",
        "zvani, kas sasniedza aģentu",
        "звонки, дошедшие до оператора",
        "接通座席的来电",
    ),
    "tickets_answered": (
        "tickets answered, other than calls",
        "atbildētie pieteikumi, izņemot zvanus",
        "отвеченные заявки, кроме звонков",
        "已回复的工单（来电除外）",
    ),
    "contacts_received": (
        "contacts that came in, answered or not",
        "ienākušās saziņas, atbildētas vai ne",
        "поступившие обращения, отвеченные и нет",
        "收到的联络（无论是否接听）",
    ),
    "tickets_received": (
        "tickets received, other than calls",
        "saņemtie pieteikumi, izņemot zvanus",
        "поступившие заявки, кроме звонков",
        "收到的工单（来电除外）",
    ),
    "solved_once": (
        "tickets solved and never reopened",
        "atrisinātie un neatvērtie no jauna pieteikumi",
        "решённые заявки без повторного открытия",
        "已解决且未重新打开的工单",
    ),
    "worked_ms": (
        "handle time of all contacts, inbound and outbound",
        "visu saziņu apstrādes laiks, ienākošo un izejošo",
        "время обработки всех контактов, входящих и исходящих",
        "所有联络（呼入与呼出）的处理时间",
    ),
    "worked_minutes": (
        "handle time of all contacts, in minutes",
        "visu saziņu apstrādes laiks minūtēs",
        "время обработки всех контактов в минутах",
        "所有联络的处理时间（分钟）",
    ),
    "cost": ("costs of the period", "perioda izmaksas", "затраты за период", "本周期成本"),
    "voice_cost": ("costs of the channel voice", "balss kanāla izmaksas", "затраты голосового канала", "语音渠道成本"),
    **{
        f"cost_{key}": _named(("costs: {}", "izmaksas: {}", "затраты: {}", "成本：{}"), names)
        for key, names in CATEGORIES.items()
    },
}
