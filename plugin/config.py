"""What the environment says about this installation: one function per lookup, every value also from `NAME_FILE`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: what is behind the name of a webhook or of a service of Apprise that the policy sends to
WEBHOOK, APPRISE = "DESKGAUGE_WEBHOOK_", "DESKGAUGE_APPRISE_"


class ConfigError(ValueError):
    """A setting is missing or contradictory; the text names it and says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Values of one process. `database_url` and `base_url` have working defaults; `base_url` is the origin that vendors sign."""

    data_dir: Path
    database_url: str
    base_url: str
    policy_file: Path | None = None
    secret_key: str | None = field(default=None, repr=False)
    slack_bot_token: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)
    slack_api_url: str = "https://slack.com/api/"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "deskgauge@localhost"
    mail_returns: str | None = None
    dkim_key: str | None = field(default=None, repr=False)
    dkim_selector: str = "deskgauge"
    dkim_domain: str | None = None
    webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)
    apprise: Mapping[str, str] = field(default_factory=dict, repr=False)
    trusted_proxies: tuple[str, ...] = ()


def read(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable, or the contents of the file named by `<name>_FILE`; both at once is an error."""
    value, path = environ.get(name), environ.get(f"{name}_FILE")
    if value and path:
        raise ConfigError(f"{name} and {name}_FILE are both set; remove one of them.")
    if not path:
        return value or None
    try:
        return Path(path).read_text().strip() or None
    except OSError as error:
        raise ConfigError(f"{name}_FILE: cannot read {path} ({error.strerror}).") from None


def family(prefix: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """What follows the prefix --> the value, for variables whose names the centre chooses."""
    names = {name.removesuffix("_FILE") for name in environ if name.startswith(prefix)}
    found = {name: read(name, environ) for name in sorted(names)}
    return {name.removeprefix(prefix): value for name, value in found.items() if value is not None}


def load(environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of this process; creates nothing."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("DESKGAUGE_DATA_DIR") or Path.home() / ".local" / "share" / "deskgauge")
    policy = read("DESKGAUGE_CONFIG", env)
    return Config(
        data_dir=data_dir,
        database_url=read("DESKGAUGE_DATABASE_URL", env) or f"sqlite:///{data_dir / 'deskgauge.db'}",
        base_url=(read("DESKGAUGE_BASE_URL", env) or "http://127.0.0.1:8080").rstrip("/"),
        policy_file=Path(policy) if policy else None,
        secret_key=read("DESKGAUGE_SECRET_KEY", env),
        slack_bot_token=read("SLACK_BOT_TOKEN", env),
        slack_signing_secret=read("SLACK_SIGNING_SECRET", env),
        slack_app_token=read("SLACK_APP_TOKEN", env),
        slack_api_url=read("SLACK_API_URL", env) or "https://slack.com/api/",
        smtp_url=read("SMTP_URL", env),
        mail_from=read("DESKGAUGE_MAIL_FROM", env) or "deskgauge@localhost",
        mail_returns=read("DESKGAUGE_MAIL_RETURNS", env),
        dkim_key=read("DESKGAUGE_DKIM_KEY", env),
        dkim_selector=read("DESKGAUGE_DKIM_SELECTOR", env) or "deskgauge",
        dkim_domain=read("DESKGAUGE_DKIM_DOMAIN", env),
        webhooks=family(WEBHOOK, env),
        apprise=family(APPRISE, env),
        trusted_proxies=tuple((read("DESKGAUGE_TRUSTED_PROXIES", env) or "").replace(",", " ").split()),
    )


def installation_key(config: Config) -> bytes:
    """The key for hashes of customers and for sessions: DESKGAUGE_SECRET_KEY, else one made once in the data directory."""
    if config.secret_key:
        return config.secret_key.encode()
    path = config.data_dir / "secret.key"
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        return _make_key(path)
    except (OSError, ValueError):
        raise ConfigError(
            f"{path} cannot be read as a key; restore it from a backup or set DESKGAUGE_SECRET_KEY."
        ) from None


def _make_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(key.hex() + "\n")
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    return key
