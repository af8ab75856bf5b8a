"""Commands that set an installation up and look after it."""

from __future__ import annotations

from plugin.cli.setup.accounts import token, user
from plugin.cli.setup.health import doctor, init
from plugin.cli.setup.release import manifest
from plugin.cli.setup.vendors import connect, secret

__all__ = ["connect", "doctor", "init", "manifest", "secret", "token", "user"]
