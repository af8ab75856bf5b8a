"""In the order English, Latvian, Russian, Chinese."""

METRICS = {
    "contacts_per_agent": (
        "Contacts per agent",
        "Vidējais saziņu skaits uz aģentu",
        "Среднее число обращений на оператора",
        "每座席平均来访量",
    ),
    "occupancy": ("Occupancy", "Aģentu noslodze", "Занятость операторов", "占有率"),
    "utilisation": ("Utilisation", "Darba laika izmantošana", "Утилизация рабочего времени", "工时利用率"),
    "shrinkage": ("Shrinkage", "Darba laika zudums", "Потери рабочего времени", "损耗率"),
    "adherence": ("Schedule adherence", "Grafika ievērošana", "Соблюдение расписания", "排班遵从率"),
    "conformance": ("Schedule conformance", "Grafika izpilde", "Выполнение расписания", "排班完成率"),
    "login_time": ("Logged-in time", "Pieslēgšanās laiks", "Время в системе", "登录时长"),
    "pause_time": ("Pause time", "Paužu laiks", "Время перерывов", "小休时长"),
    "idle_time": ("Idle time", "Dīkstāves laiks", "Время простоя", "空闲时长"),
    "agent_turnover": ("Agent turnover", "Aģentu mainīgums", "Текучесть персонала", "员工流失率"),
}

MEASURES = {
    "login_ms": ("logged-in time", "pieslēguma laiks", "время в системе", "登录时长"),
    "pause_ms": (
        "time in breaks, meetings and training",
        "pārtraukumi, sapulces un mācības",
        "время перерывов, встреч и обучения",
        "休息、会议与培训时长",
    ),
}
