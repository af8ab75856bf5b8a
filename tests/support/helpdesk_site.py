"""A django-helpdesk of two queues, run by the Python of `make helpdesk`; its webhooks go where its variables say.

`helpdesk_site.py FOLDER serve PORT` makes it anew in FOLDER and serves it; `helpdesk_site.py FOLDER fetch` takes in the mail that
lies in FOLDER/mail.
"""

from __future__ import annotations

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIServer, make_server

import django
from django.conf import settings
from django.urls import include, path

PASSWORD = "made-up"
APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "rest_framework",
    "helpdesk",
)
#: filled once the applications are there
urlpatterns: list[object] = []
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)


def configure(folder: Path) -> None:
    settings.configure(
        SECRET_KEY="made-up",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "helpdesk.db"}},
        INSTALLED_APPS=APPS,
        MIDDLEWARE=MIDDLEWARE,
        ROOT_URLCONF=__name__,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        SITE_ID=1,
        USE_TZ=True,
        TIME_ZONE="UTC",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGIN_URL="/login/",
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_REDIRECT_TO_LOGIN_BY_DEFAULT=False,
        HELPDESK_ACTIVATE_API_ENDPOINT=True,
    )
    django.setup()


def fill(folder: Path) -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from helpdesk.models import Queue

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser("ann", "ann@desk.example", PASSWORD)
    get_user_model().objects.create_user("bob", "bob@desk.example", PASSWORD, is_staff=True)
    Queue.objects.create(
        title="Support",
        slug="support",
        allow_public_submission=True,
        allow_email_submission=True,
        email_box_type="local",
        email_box_local_dir=str(folder / "mail"),
        email_box_interval=0,
    )
    Queue.objects.create(title="Second line", slug="second-line", allow_public_submission=True)


def serve(port: int) -> None:
    from django.contrib import admin
    from django.core.wsgi import get_wsgi_application

    urlpatterns.extend([path("admin/", admin.site.urls), path("", include("helpdesk.urls", namespace="helpdesk"))])
    WSGIServer.allow_reuse_address = True
    with make_server("127.0.0.1", port, get_wsgi_application()) as server:
        server.serve_forever()


def main(folder: Path, command: str, *port: str) -> None:
    configure(folder)
    if command == "serve":
        fill(folder)
        serve(int(port[0]))
    else:
        from django.core.management import call_command

        call_command("get_email")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
