"""Every way out of the house: kind of target to notifier. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.config import Config
from plugin.notify.apprise import AppriseNotifier
from plugin.notify.dkim import DkimKey
from plugin.notify.files import FileNotifier
from plugin.notify.mail import MailNotifier, parse_smtp_url
from plugin.notify.mail_format import Sender
from plugin.notify.notifier import Notifier
from plugin.notify.slack import SlackNotifier
from plugin.notify.webhook import WebhookNotifier

#: None where the installation has not set it up.
_NOTIFIERS: Mapping[str, Callable[[Config], Notifier | None]] = {
    "slack": lambda config: slack_notifier(config),
    "email": lambda config: _mail(config),
    "webhook": lambda config: WebhookNotifier(values=config.webhooks) if config.webhooks else None,
    "apprise": lambda config: AppriseNotifier(values=config.apprise) if config.apprise else None,
    "file": lambda config: FileNotifier(folder=config.data_dir / "outbox"),
}
KINDS = tuple(_NOTIFIERS)


def notifiers(config: Config) -> dict[str, Notifier]:
    """What this installation can use; raises `ValueError` for an SMTP_URL that cannot be read."""
    built = {kind: build(config) for kind, build in _NOTIFIERS.items()}
    return {kind: notifier for kind, notifier in built.items() if notifier is not None}


def slack_notifier(config: Config) -> SlackNotifier | None:
    if not config.slack_bot_token:
        return None
    return SlackNotifier(token=config.slack_bot_token, api_url=config.slack_api_url)


def _mail(config: Config) -> Notifier | None:
    if not config.smtp_url:
        return None
    return MailNotifier(
        server=parse_smtp_url(config.smtp_url),
        sender=Sender(address=config.mail_from),
        dkim=dkim_key(config),
        returns=config.mail_returns or "",
    )


def dkim_key(config: Config) -> DkimKey | None:
    """With the domain of the sender, unless another one is set."""
    if not config.dkim_key:
        return None
    domain = config.dkim_domain or Sender(address=config.mail_from).domain
    return DkimKey(pem=config.dkim_key, selector=config.dkim_selector, domain=domain)
