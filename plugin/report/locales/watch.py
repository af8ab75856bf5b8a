"""What is said of Deskgauge's own troubles: every sentence in the order of LANGUAGES (English, Latvian, Russian, Chinese)."""

from __future__ import annotations

from plugin.report.locales.digests import Sentences

SENTENCES: dict[str, Sentences] = {
    "watch.subject": ("{label}: {scope}", "{label}: {scope}", "{label}: {scope}", "{label}：{scope}"),
    "watch.reason": ("Reason: “{reason}”.", "Iemesls: „{reason}”.", "Причина: «{reason}».", "原因：“{reason}”。"),
    "watch.title": ("“{title}”", "„{title}”", "«{title}»", "“{title}”"),
    "watch.waiting": (
        "Not delivered there: {titles}.",
        "Tur nav piegādāts: {titles}.",
        "Туда не доставлено: {titles}.",
        "未送达：{titles}。",
    ),
    "watch.mutes": (
        "Until it sends again, these rules do not judge: {rules}.",
        "Līdz tas atkal sūtīs, šie noteikumi nevērtē: {rules}.",
        "Пока данных нет, эти правила ничего не оценивают: {rules}.",
        "在其恢复发送之前，以下规则不作判断：{rules}。",
    ),
    "watch.silent_source.name": ("Silent source", "Avots klusē", "Источник молчит", "数据源无数据"),
    "watch.silent_source.fired": (
        "Source {scope} has been silent since {since}: nothing for {lasts} in which it usually sends (allowed: {limit})",
        "Avots {scope} klusē kopš {since}: {lasts} nekā, lai gan parasti tas šajā laikā sūta (pieļaujamais {limit})",
        "Источник {scope} молчит с {since}: {lasts} без данных в обычное для него время (допустимо {limit})",
        "数据源 {scope} 自 {since} 起无数据：在通常有数据的时段已中断 {lasts}（允许 {limit}）",
    ),
    "watch.silent_source.todo": (
        "Is the webhook switched off at the vendor's side? What was lost can often be read again: `deskgauge backfill`.",
        "Pārbaudiet pie piegādātāja, vai tīmekļa aizķere nav izslēgta. Zaudēto bieži var nolasīt vēlreiz: `deskgauge backfill`.",
        "Проверьте у поставщика, не отключён ли вебхук. Потерянное часто можно прочитать заново: `deskgauge backfill`.",
        "请在供应商处检查 webhook 是否已被停用。丢失的数据通常可以重新读取：`deskgauge backfill`。",
    ),
    "watch.silent_source.recovered": (
        "Back to normal: source {scope} sends again",
        "Atkal kārtībā: avots {scope} atkal sūta",
        "Снова в норме: источник {scope} снова передаёт данные",
        "恢复正常：数据源 {scope} 重新开始发送",
    ),
    "watch.silent_source.over": (
        "Over: source {scope} was silent for {duration}",
        "Beidzies: avots {scope} klusēja {duration}",
        "Завершено: источник {scope} молчал {duration}",
        "已结束：数据源 {scope} 曾中断 {duration}",
    ),
    "watch.broken_channel.name": ("Channel that does not work", "Kanāls nestrādā", "Канал не работает", "渠道故障"),
    "watch.broken_channel.fired": (
        "The channel {scope} has not worked since {since}",
        "Kanāls {scope} nestrādā kopš {since}",
        "Канал {scope} не работает с {since}",
        "渠道 {scope} 自 {since} 起无法使用",
    ),
    "watch.broken_channel.todo": (
        "What was to be said there waits; after the repair it is sent, as far as it is not older than a day.",
        "Tas, kas tur jāpaziņo, gaida; pēc novēršanas tas tiek nosūtīts, ja nav vecāks par dienu.",
        "Сообщения для него ждут; после исправления они будут отправлены, если им не больше суток.",
        "待发送的消息已保留；修复后，一天之内的消息将会发出。",
    ),
    "watch.broken_channel.past": (
        "A message to the channel {scope} was lost ({since}); others arrive there",
        "Ziņojums kanālam {scope} zudis ({since}); citi tur pienāk",
        "Сообщение для канала {scope} потеряно ({since}); другие туда доходят",
        "发往渠道 {scope} 的一条消息丢失（{since}）；其他消息可送达",
    ),
    "watch.broken_channel.past_todo": (
        "It was given up and is not sent again; `deskgauge doctor` names it.",
        "No tā atteicās, un tas vairs netiks sūtīts; `deskgauge doctor` to nosauc.",
        "Попытки прекращены, повторно оно не отправляется; его называет `deskgauge doctor`.",
        "该消息已放弃，不会重发；`deskgauge doctor` 会列出它。",
    ),
    "watch.broken_channel.recovered": (
        "Back to normal: the channel {scope} works again",
        "Atkal kārtībā: kanāls {scope} atkal strādā",
        "Снова в норме: канал {scope} снова работает",
        "恢复正常：渠道 {scope} 已可使用",
    ),
    "watch.broken_channel.over": (
        "Over: not everything arrived on the channel {scope} for {duration}",
        "Beidzies: kanālā {scope} {duration} pienāca ne viss",
        "Завершено: на канал {scope} доходило не всё ({duration})",
        "已结束：渠道 {scope} 曾有 {duration} 未能送达全部消息",
    ),
    "watch.missing_digest.name": ("Digest not sent", "Pārskats nav nosūtīts", "Сводка не отправлена", "摘要未发送"),
    "watch.missing_digest.fired": (
        "The digest {scope} has not been sent; it is due since {since}",
        "Pārskats {scope} nav nosūtīts; tas bija jāsūta {since}",
        "Сводка {scope} не отправлена, хотя срок был {since}",
        "摘要 {scope} 尚未发送，应于 {since} 发送",
    ),
    "watch.missing_digest.todo": (
        "`deskgauge doctor` says what is wrong; `deskgauge digest {scope} --preview` shows what it would say.",
        "`deskgauge doctor` pasaka, kas nav kārtībā; `deskgauge digest {scope} --preview` parāda pārskata saturu.",
        "`deskgauge doctor` скажет, в чём дело; `deskgauge digest {scope} --preview` покажет её содержание.",
        "`deskgauge doctor` 会说明问题；`deskgauge digest {scope} --preview` 可预览内容。",
    ),
    "watch.missing_digest.recovered": (
        "Back to normal: the digest {scope} was sent",
        "Atkal kārtībā: pārskats {scope} ir nosūtīts",
        "Снова в норме: сводка {scope} отправлена",
        "恢复正常：摘要 {scope} 已发送",
    ),
    "watch.missing_digest.over": (
        "Over: the digest {scope} was {duration} late",
        "Beidzies: pārskats {scope} kavējās {duration}",
        "Завершено: сводка {scope} опоздала на {duration}",
        "已结束：摘要 {scope} 迟发 {duration}",
    ),
    "watch.stopped.name": ("Evaluation stopped", "Vērtēšana apstājusies", "Оценка остановлена", "评估已停止"),
    "watch.stopped.fired": (
        "Nothing has been evaluated since {since}: no worker runs",
        "Kopš {since} nekas netiek vērtēts: nestrādā neviens apstrādes process",
        "С {since} ничего не оценивается: ни один рабочий процесс не запущен",
        "自 {since} 起未进行任何评估：没有工作进程在运行",
    ),
    "watch.stopped.past": (
        "Nothing was evaluated from {since} to {until} ({lasts})",
        "No {since} līdz {until} nekas netika vērtēts ({lasts})",
        "С {since} до {until} ничего не оценивалось ({lasts})",
        "{since} 至 {until} 期间未进行任何评估（{lasts}）",
    ),
    "watch.stopped.todo": (
        "No alert tells of that time. Deliveries that had arrived are not lost, and digests that are due are sent late.",
        "Par šo laiku brīdinājumu nav. Saņemtie dati nav zuduši, un nokavētie pārskati tiek nosūtīti vēlāk.",
        "За это время оповещений нет. Полученные данные не потеряны, просроченные сводки отправляются позже.",
        "该时段没有任何告警。已收到的数据不会丢失，到期的摘要将延迟发送。",
    ),
    "watch.stopped.recovered": (
        "Back to normal: rules are evaluated again",
        "Atkal kārtībā: noteikumi atkal tiek vērtēti",
        "Снова в норме: правила снова оцениваются",
        "恢复正常：规则评估已恢复",
    ),
    "watch.stopped.over": (
        "Over: nothing was evaluated for {duration}",
        "Beidzies: {duration} nekas netika vērtēts",
        "Завершено: {duration} ничего не оценивалось",
        "已结束：{duration} 未进行评估",
    ),
    "watch.not_receiving.name": ("Nothing can be received", "Saņemšana nedarbojas", "Приём не работает", "无法接收"),
    "watch.not_receiving.fired": (
        "Nothing can be received since {since}: no web server runs",
        "Kopš {since} neko nevar saņemt: nestrādā neviens tīmekļa process",
        "С {since} ничего нельзя принять: ни один веб-процесс не запущен",
        "自 {since} 起无法接收任何数据：没有接收服务在运行",
    ),
    "watch.not_receiving.todo": (
        "Most vendors send again what was not taken. What is lost can often be read again: `deskgauge backfill`.",
        "Vairums piegādātāju nepieņemto sūta vēlreiz. Zaudēto bieži var nolasīt vēlreiz: `deskgauge backfill`.",
        "Большинство поставщиков повторяют непринятое. Потерянное часто можно прочитать заново: `deskgauge backfill`.",
        "多数供应商会重发未被接收的数据。丢失的数据通常可以重新读取：`deskgauge backfill`。",
    ),
    "watch.not_receiving.recovered": (
        "Back to normal: deliveries are received again",
        "Atkal kārtībā: dati atkal tiek saņemti",
        "Снова в норме: данные снова принимаются",
        "恢复正常：已重新开始接收数据",
    ),
    "watch.not_receiving.over": (
        "Over: nothing could be received for {duration}",
        "Beidzies: {duration} neko nevarēja saņemt",
        "Завершено: {duration} ничего нельзя было принять",
        "已结束：曾有 {duration} 无法接收数据",
    ),
    "watch.muted": (
        "Not judged: source {source} is silent.",
        "Netiek vērtēts: avots {source} klusē.",
        "Не оценивается: источник {source} молчит.",
        "不作判断：数据源 {source} 无数据。",
    ),
}
