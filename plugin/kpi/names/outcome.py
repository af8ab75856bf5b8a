"""In the order English, Latvian, Russian, Chinese."""

METRICS = {
    "csat": (
        "Customer satisfaction (CSAT)",
        "Klientu apmierinātība (CSAT)",
        "Удовлетворённость клиентов (CSAT)",
        "客户满意度 (CSAT)",
    ),
    "csat_mean": ("Average rating", "Vidējais vērtējums", "Средняя оценка", "平均评分"),
    "nps": (
        "Net promoter score (NPS)",
        "Neto ieteikuma rādītājs (NPS)",
        "Индекс потребительской лояльности (NPS)",
        "净推荐值 (NPS)",
    ),
    "ces": (
        "Customer effort (CES)",
        "Klientu centienu novērtējums (CES)",
        "Индекс усилий клиента (CES)",
        "客户费力度 (CES)",
    ),
    "survey_response_rate": (
        "Survey response rate",
        "Aptauju atbilžu īpatsvars",
        "Доля ответивших на опрос",
        "调查答复率",
    ),
    "retention": ("Customer retention", "Klientu noturēšana", "Удержание клиентов", "保留率"),
    "churn": ("Churn", "Klientu aizplūšana", "Отток клиентов", "流失率"),
    "conversion": ("Conversion", "Konversija", "Конверсия", "转化率"),
}

MEASURES = {
    "csat_positive": ("good ratings", "labi vērtējumi", "хорошие оценки", "好评"),
    "csat_answers": ("ratings", "vērtējumi", "оценки", "评价"),
    "contacts_converted": (
        "handled contacts with a sale",
        "apkalpotās saziņas ar pārdevumu",
        "обработанные обращения с продажей",
        "促成销售的已处理联络",
    ),
}
