"""The settings of the manifest as `.env.example`."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap

from plugin.manifest.document import Manifest, Setting

_WIDTH = 100
_HEAD = """\
# Settings of {name} {version}. Made by `deskgauge manifest env`; copy it to .env and take the # away where you set something.
# Instead of NAME=value, NAME_FILE=/path/of/a/file takes the value from a file (not for DESKGAUGE_DATA_DIR).
# Secrets of a source: DESKGAUGE_SOURCE_<SOURCE>_<SETTING>, for example DESKGAUGE_SOURCE_ZENDESK_SECRET;
# `deskgauge connect VENDOR` prints the names.
# Channels of the kinds webhook and apprise: DESKGAUGE_WEBHOOK_<NAME>_URL and _SECRET, DESKGAUGE_APPRISE_<NAME>.
"""


def env_example(manifest: Manifest) -> str:
    parts = [_HEAD.format(name=manifest.name, version=manifest.version)]
    for group, settings in groupby(manifest.settings, key=lambda setting: setting.group):
        parts.append(f"\n# -- {group} --\n")
        parts.extend(_entry(setting) for setting in settings)
    return "".join(parts)


def _entry(setting: Setting) -> str:
    notes = " ".join(note for note, holds in (("Required.", setting.required), ("Secret.", setting.secret)) if holds)
    told = "\n".join(f"# {line}" for line in wrap(f"{setting.help} {notes}".strip(), _WIDTH))
    return f"\n{told}\n#{setting.env}={setting.default or ''}\n"
