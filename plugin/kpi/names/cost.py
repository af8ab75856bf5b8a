"""In the order English, Latvian, Russian, Chinese."""

METRICS = {
    "total_cost": ("Total cost", "Kopējās izmaksas", "Общие затраты", "总成本"),
    "cost_per_contact": ("Cost per contact", "Kontakta izmaksas", "Стоимость контакта", "单次联络成本"),
    "cost_per_call": ("Cost per call", "Izmaksas par zvanu", "Стоимость звонка", "单次通话成本"),
    "cost_per_ticket": ("Cost per ticket", "Izmaksas par pieteikumu", "Стоимость заявки", "单张工单成本"),
    "cost_per_minute": (
        "Cost per handled minute",
        "Izmaksas par apstrādes minūti",
        "Стоимость минуты обработки",
        "每处理分钟成本",
    ),
    "plan_attainment": ("Plan attainment", "Plāna izpilde", "Выполнение плана", "达成率"),
}

MEASURES = {
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
    "cost": ("costs of the period", "perioda izmaksas", "затраты за период", "本周期成本"),
    "voice_cost": ("costs of the channel voice", "balss kanāla izmaksas", "затраты голосового канала", "语音渠道成本"),
}
