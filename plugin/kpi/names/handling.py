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
    "hold_time.held": (
        "Average hold time of held contacts",
        "Aizturēto saziņu vidējais aizturēšanas laiks",
        "Среднее время удержания удержанных обращений",
        "被保持联络的平均保持时长",
    ),
    "hold_abandons": ("Hung up on hold", "Pārtraukts aizturēšanas laikā", "Прервано на удержании", "保持中挂断"),
    "aht.contact": (
        "Average handle time of a contact",
        "Saziņas vidējais apstrādes laiks",
        "Среднее время обработки обращения",
        "每联络平均处理时长",
    ),
    "sentiment": ("Sentiment", "Noskaņojums", "Тональность", "情绪得分"),
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
    "contacts_held": (
        "handled contacts that were on hold",
        "apkalpotās saziņas, kas tika aizturētas",
        "обработанные обращения с удержанием",
        "曾被保持的已处理联络",
    ),
    "contacts_hold_ms": (
        "hold time of those contacts",
        "šo saziņu aizturēšanas laiks",
        "время удержания этих обращений",
        "这些联络的保持时长",
    ),
    "hold_abandons": (
        "contacts that the customer ended on hold",
        "saziņas, ko klients pārtrauca aizturēšanas laikā",
        "обращения, прерванные клиентом на удержании",
        "客户在保持中挂断的联络",
    ),
    "contacts_timed": (
        "contacts whose handle time is known",
        "saziņas ar zināmu apstrādes laiku",
        "обращения с известным временем обработки",
        "处理时长已知的联络",
    ),
    "contacts_handle_ms": (
        "talk, hold and wrap-up time of all agents",
        "visu aģentu sarunu, aizturēšanas un pēcapstrādes laiks",
        "время разговора, удержания и поствызывной обработки всех операторов",
        "所有座席的通话、保持与话后处理时长",
    ),
    "evaluation_points_milli": (
        "thousandths of points given",
        "piešķirto punktu tūkstošdaļas",
        "тысячные доли начисленных баллов",
        "得分（千分之一）",
    ),
    "evaluation_possible_milli": (
        "thousandths of points possible",
        "iespējamo punktu tūkstošdaļas",
        "тысячные доли возможных баллов",
        "满分（千分之一）",
    ),
    "sentiments": (
        "contacts with a sentiment score",
        "saziņas ar noskaņojuma vērtējumu",
        "обращения с оценкой тональности",
        "有情绪评分的联络",
    ),
    "sentiment_milli": (
        "thousandths of their scores",
        "to vērtējumu tūkstošdaļas",
        "тысячные доли их оценок",
        "其评分（千分之一）",
    ),
}
