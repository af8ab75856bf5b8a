"""Who is asking: a person with a session, a program with a token, or this machine before anybody has an account."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Request, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from plugin.database import reading
from plugin.web.accounts import Account, account_of, any_user
from plugin.web.errors import BadQuery
from plugin.web.site import Site, site
from plugin.web.tables import Role, Scope
from plugin.web.tokens import opens

#: A proxy in front makes every caller look local; any of these shows that there is one.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
#: Who opens the pages before there is an account. He may see everything and change nothing that needs a name.
SET_UP = Account(id=0, name="", role=Role.VIEWER, epoch=0)


def need_login() -> Response | None:
    """Before every page: who it is goes into `g.account`; nobody goes to the login."""
    g.account = who()
    if g.account is not None:
        return None
    if request.method == "GET":
        return redirect(url_for("pages.login", next=request.full_path.rstrip("?")))
    return redirect(url_for("pages.login"))


def who() -> Account | None:
    here = site()
    number, epoch = session.get("user"), session.get("epoch")
    with reading(here.engine) as connection:
        if isinstance(number, int) and isinstance(epoch, int):
            account = account_of(connection, number, epoch)
            if account is not None:
                return account
        return SET_UP if is_local(request, here) and not any_user(connection) else None


def need_token(scope: Scope) -> None:
    """Before every call of a program; raises `BadQuery` with 401. A session opens what a token opens."""
    if has_token(scope) or who() is not None:
        return
    raise BadQuery(
        "Authorization",
        "a token is needed, and this one is missing, unknown, expired or not for this",
        f"make one with `deskgauge token create NAME --scope {scope}` and send it as `Authorization: Bearer TOKEN`",
        status=401,
    )


def may_see_customers() -> bool:
    """Masked numbers and addresses are for supervisors and above; neither viewers nor programs see any."""
    return sees_customers(who())


def sees_customers(account: Account | None) -> bool:
    return account is not None and account.may(Role.SUPERVISOR)


def need_write() -> None:
    """Before a call that enters something: a token alone, since any page could use a reader's session."""
    if not has_token(Scope.WRITE):
        raise BadQuery(
            "Authorization",
            "a token with the scope write is needed",
            "make one with `deskgauge token create NAME --scope write` and send it as `Authorization: Bearer TOKEN`",
            status=401,
        )


def has_token(scope: Scope) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    here = site()
    return kind.lower() == "bearer" and opens(here.engine, token.strip(), scope, here.now())


def is_local(asked: Request, here: Site) -> bool:
    """Whether it comes from this machine without a proxy between, and was meant for this machine.

    The Host is looked at because a page of a stranger can make a name of its own point here.
    """
    if any(name in asked.headers for name in _FORWARDED):
        return False
    name = urlsplit(f"//{asked.host}").hostname or ""
    return _is_loopback(asked.remote_addr or "") and name in (*_LOCAL_NAMES, urlsplit(here.base_url).hostname)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_loopback


def client_address(asked: Request, trusted: Sequence[str]) -> str:
    """The caller's address: what trusted proxies say of it, else the other end of the connection."""
    address = asked.remote_addr or ""
    for hop in reversed(asked.headers.get("X-Forwarded-For", "").split(",")):
        if not hop.strip() or not _within(address, trusted):
            break
        address = hop.strip()
    return address


def _within(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
        return any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


# -- forms


def csrf_token() -> str:
    """Goes into every form; belongs to this session alone."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def check_csrf() -> None:
    """Raises `BadQuery` unless the form was made by this session."""
    given, own = request.form.get("csrf", ""), str(session.get("csrf", ""))
    if not own or not hmac.compare_digest(given.encode(), own.encode()):
        raise BadQuery("csrf", "this form is too old, or was not sent from this page", "open the page again and repeat")


def begin_session(account: Account) -> None:
    session.clear()
    session.permanent = True
    session["user"], session["epoch"] = account.id, account.epoch
    csrf_token()


def local_target(target: str) -> str:
    """Where to go after the login: a path of ours, nothing that a link from elsewhere could name."""
    parsed = urlsplit(target)
    harmless = target.startswith("/") and not target.startswith(("//", "/\\")) and not parsed.netloc
    return target if harmless and target.isprintable() and "\\" not in target else "/"
