"""What surveys say, in the order English, Latvian, Russian, Chinese."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "lv", "ru", "zh")
Words = tuple[str, str, str, str]

#: type --> the scores that can be given, from the worst to the best
CHOICES: Mapping[str, tuple[str, ...]] = {
    "csat": ("1", "2", "3", "4", "5"),
    "nps": tuple(str(score) for score in range(11)),
    "ces": ("1", "2", "3", "4", "5", "6", "7"),
    "fcr": ("yes", "no"),
}
_WORDS: Mapping[str, Words] = {
    "subject.csat": ("How did we do?", "Kā mums izdevās?", "Как мы справились?", "您对我们的服务满意吗？"),
    "subject.nps": (
        "Would you recommend us?",
        "Vai jūs mūs ieteiktu?",
        "Порекомендуете ли вы нас?",
        "您会推荐我们吗？",
    ),
    "subject.ces": ("How easy was it?", "Cik viegli tas bija?", "Насколько это было легко?", "解决过程是否轻松？"),
    "subject.fcr": ("Did we solve it?", "Vai mēs to atrisinājām?", "Мы решили ваш вопрос?", "您的问题解决了吗？"),
    "question.csat": (
        "How satisfied are you with our help?",
        "Cik apmierināti jūs esat ar mūsu palīdzību?",
        "Насколько вы довольны нашей помощью?",
        "您对我们提供的帮助是否满意？",
    ),
    "question.nps": (
        "How likely are you to recommend us to a friend or colleague?",
        "Cik iespējams, ka jūs mūs ieteiktu draugam vai kolēģim?",
        "Насколько вероятно, что вы порекомендуете нас другу или коллеге?",
        "您有多大可能把我们推荐给朋友或同事？",
    ),
    "question.ces": (
        "It was easy to have my issue handled. Do you agree?",
        "Manu jautājumu bija viegli atrisināt. Vai jūs piekrītat?",
        "Решить мой вопрос было легко. Вы согласны?",
        "“我的问题很容易就得到了处理。”您是否同意？",
    ),
    "question.fcr": (
        "Was your issue solved at the first contact?",
        "Vai jūsu jautājums tika atrisināts pirmajā saziņā?",
        "Ваш вопрос решён при первом обращении?",
        "您的问题在首次联系时就解决了吗？",
    ),
    "ends.csat": (
        "1: very dissatisfied, 5: very satisfied",
        "1: ļoti neapmierināts, 5: ļoti apmierināts",
        "1: совсем не доволен, 5: очень доволен",
        "1：非常不满意，5：非常满意",
    ),
    "ends.nps": (
        "0: not at all likely, 10: extremely likely",
        "0: nemaz nav iespējams, 10: ļoti iespējams",
        "0: совсем маловероятно, 10: очень вероятно",
        "0：完全不可能，10：非常可能",
    ),
    "ends.ces": (
        "1: strongly disagree, 7: strongly agree",
        "1: pilnīgi nepiekrītu, 7: pilnīgi piekrītu",
        "1: совершенно не согласен, 7: полностью согласен",
        "1：非常不同意，7：非常同意",
    ),
    "ends.fcr": ("", "", "", ""),
    "yes": ("Yes", "Jā", "Да", "是"),
    "no": ("No", "Nē", "Нет", "否"),
    "how": (
        "One click on an answer is enough; you confirm it on the next page.",
        "Pietiek ar vienu klikšķi uz atbildes; nākamajā lapā to apstiprināsiet.",
        "Достаточно одного нажатия на ответ; на следующей странице вы его подтвердите.",
        "点击一个答案即可，并在下一页确认。",
    ),
    "your_answer": ("Your answer", "Jūsu atbilde", "Ваш ответ", "您的答案"),
    "comment": (
        "Would you like to add something? (optional)",
        "Vai vēlaties ko piebilst? (nav obligāti)",
        "Хотите что-нибудь добавить? (необязательно)",
        "您还有什么想补充的吗？（选填）",
    ),
    "send": ("Send this answer", "Nosūtīt šo atbildi", "Отправить этот ответ", "提交此答案"),
    "thanks": ("Thank you", "Paldies", "Спасибо", "谢谢"),
    "thanks.text": (
        "Your answer was saved. If you change your mind, choose another answer in the mail: the last one counts.",
        "Jūsu atbilde ir saglabāta. Ja pārdomājat, izvēlieties vēstulē citu atbildi: skaitās pēdējā.",
        "Ваш ответ сохранён. Если передумаете, выберите в письме другой ответ: учитывается последний.",
        "您的答案已保存。如果改变主意，请在邮件中选择其他答案：以最后一次为准。",
    ),
    "stop": (
        "Ask me no more",
        "Vairs nejautāt",
        "Больше не спрашивать",
        "不再向我发送调查",
    ),
    "stop.text": (
        "Do you want to get no more surveys at this address?",
        "Vai vairs nevēlaties saņemt aptaujas šajā adresē?",
        "Вы больше не хотите получать опросы на этот адрес?",
        "您确定不再通过此地址接收调查吗？",
    ),
    "stopped": (
        "You will get no more surveys",
        "Jūs vairs nesaņemsiet aptaujas",
        "Вы больше не будете получать опросы",
        "您将不再收到调查",
    ),
    "busy": ("Please send it again", "Lūdzu, nosūtiet vēlreiz", "Отправьте, пожалуйста, ещё раз", "请再次提交"),
    "busy.text": (
        "Your answer could not be saved just now. Wait a few seconds.",
        "Jūsu atbildi pašlaik nevarēja saglabāt. Uzgaidiet dažas sekundes.",
        "Ответ сейчас не удалось сохранить. Подождите несколько секунд.",
        "刚才未能保存您的答案，请稍候几秒。",
    ),
    "over": (
        "This survey is over",
        "Šī aptauja ir beigusies",
        "Этот опрос завершён",
        "本次调查已结束",
    ),
    "over.text": (
        "The link is too old, or was not copied as a whole.",
        "Saite ir pārāk veca vai nav nokopēta pilnībā.",
        "Ссылка устарела или скопирована не полностью.",
        "链接已过期，或复制不完整。",
    ),
}


def words(key: str, language: str) -> str:
    """Raises KeyError for an unknown key; English for an unknown language."""
    return _WORDS[key][LANGUAGES.index(language) if language in LANGUAGES else 0]


def choice(score: str, language: str) -> str:
    return words(score, language) if score in ("yes", "no") else score
