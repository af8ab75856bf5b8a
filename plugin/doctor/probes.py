"""Looks at what is outside of this process: package, zones, disk, database, Slack, mail server, web address."""

from __future__ import annotations

import shutil
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from plugin.config import Config
from plugin.database import open_engine, schema_state
from plugin.doctor.machine import ZONES
from plugin.doctor.storage import Storage
from plugin.doctor.ways_out import Grant
from plugin.normalise.registry import AdapterError, adapters, check_package_owner
from plugin.notify.mail import SmtpServer, parse_smtp_url
from plugin.notify.slack_errors import failed, failed_on_the_way

_TIMEOUT_S = 10
Clock = Callable[[], datetime]


def package_problem() -> str | None:
    try:
        check_package_owner()
        adapters()
    except AdapterError as error:
        return str(error)
    return None


def missing_zones() -> list[str]:
    return [name for name in ZONES if not _has_zone(name)]


def _has_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False
    return True


def free_space(folder: Path) -> int:
    """In bytes, where the folder is or would be made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return shutil.disk_usage(there).free


def open_database(config: Config) -> tuple[Storage, Engine | None]:
    """What was seen, and the engine when it can be used; nothing is made or migrated. No text holds the URL, for its password."""
    try:
        url = make_url(config.database_url)
    except ArgumentError:
        return _closed("", "DESKGAUGE_DATABASE_URL is not an address of a database", "Correct it."), None
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database and not Path(url.database).exists():
        return _closed(kind, f"there is no database at {url.database}", "Run `deskgauge init`."), None
    try:
        engine = open_engine(config.database_url)
    except ImportError as error:
        remedy = "Install `deskgauge[postgres]`, or correct DESKGAUGE_DATABASE_URL."
        return _closed(kind, f"its driver is missing ({error.name})", remedy), None
    return _look(kind, engine)


def _look(kind: str, engine: Engine) -> tuple[Storage, Engine | None]:
    try:
        revision, newest = schema_state(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        # The driver's own words name host and database, never the password.
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        remedy = "Start the database, or correct DESKGAUGE_DATABASE_URL."
        return _closed(kind, f"cannot be read: {reason}", remedy), None
    version = getattr(engine.dialect, "server_version_info", None) or ()
    seen = Storage(kind=kind, version=tuple(version), revision=revision, newest=newest)
    if seen.is_usable:
        return seen, engine
    engine.dispose()
    return seen, None


def _closed(kind: str, problem: str, remedy: str) -> Storage:
    return Storage(kind=kind, problem=problem, remedy=remedy)


def ahead_of_database(engine: Engine, clock: Clock) -> float | None:
    """In seconds; None where the database is on this machine's clock."""
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        theirs = connection.execute(text("SELECT EXTRACT(EPOCH FROM clock_timestamp())")).scalar_one()
    return clock().timestamp() - float(theirs)


def slack_grant(token: str, api_url: str, clock: Clock) -> Grant:
    client = WebClient(token=token, base_url=api_url, timeout=_TIMEOUT_S, retry_handlers=[])
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        return Grant(problem=failed(error).reason)
    except (SlackClientError, HTTPException, OSError) as error:
        return Grant(problem=failed_on_the_way(error).reason)
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    granted = headers.get("x-oauth-scopes", "").replace(",", " ").split()
    date = headers.get("date")
    ahead_s = (clock() - parsedate_to_datetime(date)).total_seconds() if date else None
    return Grant(team=str(answer.get("team") or ""), scopes=frozenset(granted), ahead_s=ahead_s)


def mail_problem(smtp_url: str, own_name: str) -> str | None:
    """Connects, greets, secures and logs in; sends nothing."""
    try:
        server = parse_smtp_url(smtp_url)
    except ValueError as error:
        return str(error)
    try:
        _greet(server, own_name)
    except (smtplib.SMTPException, OSError) as error:
        return _mail_reason(error)
    return None


def _greet(server: SmtpServer, own_name: str) -> None:
    context = ssl.create_default_context(cafile=server.ca_file or None)
    if server.tls == "implicit":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=_TIMEOUT_S, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=_TIMEOUT_S)
    with smtp:
        smtp.ehlo()
        if server.tls == "starttls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)


def _mail_reason(error: smtplib.SMTPException | OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "It refused the login: correct the user and password in SMTP_URL."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"It cannot do this: {error} Where the network is trusted, SMTP_URL may end in ?starttls=no."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"Its certificate is not trusted ({error.verify_message}): correct the host, or add ?ca_file=… to SMTP_URL."
        )
    return f"It could not be reached, or broke off ({type(error).__name__}): correct host and port in SMTP_URL."


def web_answer(base_url: str) -> tuple[str | None, bool]:
    """What is wrong with the way to our own address, and whether it is we who answer there."""
    try:
        answer = requests.get(f"{base_url}/healthz", timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        return type(error).__name__, False
    return None, answer.status_code == 200 and answer.text.replace(" ", "").strip() == '{"status":"ok"}'
