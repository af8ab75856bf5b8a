"""In the order English, Latvian, Russian, Chinese."""

METRICS = {
    "talk_time": ("Average talk time", "Vidējais sarunas laiks", "Среднее время разговора", "平均通话时长"),
    "hold_time": ("Average hold time", "Vidējais aizturēšanas laiks", "Среднее время удержания", "平均保持时长"),
    "wrap_up_time": (
        "Average wrap-up time",
        "Vidējais pēcapstrādes laiks",
        "Средняя поствызывная обработка",
        "话后处理时长",
    ),
    "aht": ("Average handle time", "Vidējais apstrādes laiks", "Среднее время обработки", "平均处理时长"),
    "transfer_rate": ("Transfer rate", "Pāradresēto zvanu īpatsvars", "Доля переводов", "转接率"),
    "escalation_rate": ("Escalation rate", "Eskalāciju īpatsvars", "Доля эскалаций", "升级率"),
    "quality_score": ("Quality score", "Kvalitātes novērtējums", "Оценка качества", "质检得分"),
}

MEASURES = {
    "legs": ("conversations of agents", "aģentu sarunas", "разговоры операторов", "座席通话"),
    "talks": (
        "conversations whose length is known",
        "sarunas ar zināmu ilgumu",
        "разговоры с известной длительностью",
        "时长已知的通话",
    ),
    "talk_ms": ("talk time", "sarunu laiks", "время разговоров", "通话时长"),
    "holds": (
        "conversations whose hold time is known",
        "sarunas ar zināmu aizturēšanas laiku",
        "разговоры с известным удержанием",
        "保持时长已知的通话",
    ),
    "hold_ms": ("hold time", "aizturēšanas laiks", "время удержания", "保持时长"),
    "wraps": (
        "conversations whose wrap-up is known",
        "sarunas ar zināmu pēcapstrādi",
        "разговоры с известной поствызывной обработкой",
        "话后处理时长已知的通话",
    ),
    "wrap_ms": ("wrap-up time", "pēcapstrādes laiks", "время поствызывной обработки", "话后处理时长"),
    "handle_ms": (
        "talk, hold and wrap-up time",
        "sarunu, aizturēšanas un pēcapstrādes laiks",
        "время разговора, удержания и поствызывной обработки",
        "通话、保持与话后处理时长",
    ),
    "contacts_handled": ("contacts handled", "apkalpotās saziņas", "обработанные обращения", "已处理的联络"),
    "contacts_transferred": (
        "handled contacts that were transferred",
        "apkalpotās saziņas, kas tika pāradresētas",
        "обработанные обращения с переводом",
        "被转接的已处理联络",
    ),
}
