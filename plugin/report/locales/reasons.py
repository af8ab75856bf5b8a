"""Why a channel does not work, by the code that ends the English reason; in Latvian, Russian and Chinese."""

from __future__ import annotations

Reasons = tuple[str, str, str]

REASONS: dict[str, Reasons] = {
    "not_in_channel": (
        "Lietotne nav kanālā: ierakstiet tur /invite @Deskgauge.",
        "Приложения нет в канале: введите там /invite @Deskgauge.",
        "应用不在该频道中：请在频道中输入 /invite @Deskgauge。",
    ),
    "channel_not_found": (
        "Tāda kanāla nav, vai tas ir privāts: ievadiet tā identifikatoru (C…) un ierakstiet tur /invite @Deskgauge.",
        "Такого канала нет, или он закрытый: укажите его идентификатор (C…) и введите там /invite @Deskgauge.",
        "没有该频道，或其为私有频道：请填写其 ID（C…），并在频道中输入 /invite @Deskgauge。",
    ),
    "is_archived": (
        "Kanāls ir arhivēts: izvēlieties citu vai atjaunojiet to.",
        "Канал в архиве: выберите другой или верните его из архива.",
        "该频道已归档：请选择其他频道，或取消归档。",
    ),
    "user_not_found": (
        "Tādas personas nav: ievadiet dalībnieka identifikatoru (U…).",
        "Такого человека нет: укажите идентификатор участника (U…).",
        "没有该成员：请填写成员 ID（U…）。",
    ),
    "user_disabled": (
        "Persona ir pametusi šo Slack darbvietu: izvēlieties citu adresātu.",
        "Человек покинул это рабочее пространство Slack: выберите другого получателя.",
        "该成员已离开此 Slack 工作区：请选择其他接收者。",
    ),
    "token_revoked": (
        "Slack pilnvara ir atsaukta: instalējiet lietotni vēlreiz un iestatiet SLACK_BOT_TOKEN.",
        "Токен Slack отозван: установите приложение заново и задайте SLACK_BOT_TOKEN.",
        "Slack 令牌已被撤销：请重新安装应用并设置 SLACK_BOT_TOKEN。",
    ),
    "token_expired": (
        "Slack pilnvaras termiņš ir beidzies: instalējiet lietotni vēlreiz un iestatiet SLACK_BOT_TOKEN.",
        "Срок токена Slack истёк: установите приложение заново и задайте SLACK_BOT_TOKEN.",
        "Slack 令牌已过期：请重新安装应用并设置 SLACK_BOT_TOKEN。",
    ),
    "invalid_auth": (
        "Slack nepazīst pilnvaru: iestatiet SLACK_BOT_TOKEN ar robota pilnvaru (xoxb-…).",
        "Slack не знает этого токена: задайте в SLACK_BOT_TOKEN токен бота (xoxb-…).",
        "Slack 不认识该令牌：请将 SLACK_BOT_TOKEN 设为机器人令牌（xoxb-…）。",
    ),
    "not_authed": (
        "Slack pilnvara netika nosūtīta: iestatiet SLACK_BOT_TOKEN ar robota pilnvaru (xoxb-…).",
        "Токен Slack не передан: задайте в SLACK_BOT_TOKEN токен бота (xoxb-…).",
        "未发送 Slack 令牌：请将 SLACK_BOT_TOKEN 设为机器人令牌（xoxb-…）。",
    ),
    "account_inactive": (
        "Slack lietotne ir noņemta no darbvietas: instalējiet to vēlreiz un iestatiet SLACK_BOT_TOKEN.",
        "Приложение Slack удалено из рабочего пространства: установите его заново и задайте SLACK_BOT_TOKEN.",
        "Slack 应用已从工作区移除：请重新安装并设置 SLACK_BOT_TOKEN。",
    ),
    "team_access_not_granted": (
        "Lietotne nedrīkst izmantot šo darbvietu: lūdziet administratoram to apstiprināt.",
        "Приложению нельзя использовать это рабочее пространство: попросите администратора его одобрить.",
        "应用无权使用此工作区：请联系管理员批准。",
    ),
    "ekm_access_denied": (
        "Darbvietas administrators ir apturējis ziņojumus: vaicājiet viņam.",
        "Администратор рабочего пространства приостановил отправку: обратитесь к нему.",
        "工作区管理员已暂停发送消息：请联系管理员。",
    ),
    "restricted_action": (
        "Darbvietas iestatījums neļauj lietotnei šeit rakstīt: vaicājiet administratoram.",
        "Настройка рабочего пространства запрещает приложению писать сюда: обратитесь к администратору.",
        "工作区设置禁止应用在此发送消息：请联系管理员。",
    ),
    "restricted_action_read_only_channel": (
        "Šajā kanālā drīkst rakstīt tikai daži: atļaujiet to lietotnei.",
        "В этот канал могут писать лишь некоторые: разрешите это приложению.",
        "只有部分成员可在此频道发言：请允许该应用发言。",
    ),
    "restricted_action_non_threadable_channel": (
        "Šis kanāls neatļauj pavedienus: izvēlieties citu.",
        "Этот канал не допускает обсуждений: выберите другой.",
        "此频道不允许消息列：请选择其他频道。",
    ),
    "no_permission": (
        "Lietotnei trūkst atļaujas: instalējiet to vēlreiz ar manifestā norādītajām tiesībām.",
        "Приложению не хватает разрешения: установите его заново с правами из манифеста.",
        "应用缺少权限：请按应用清单中的权限重新安装。",
    ),
    "not_allowed_token_type": (
        "Tā nav robota pilnvara: iestatiet SLACK_BOT_TOKEN ar to, kas sākas ar xoxb-.",
        "Это не токен бота: задайте в SLACK_BOT_TOKEN тот, который начинается с xoxb-.",
        "这不是机器人令牌：请将 SLACK_BOT_TOKEN 设为以 xoxb- 开头的令牌。",
    ),
}
