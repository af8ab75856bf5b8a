"""The files of a checkout that are made from the manifest and the code: each path with its text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from plugin.kpi.catalogue import METRICS, PLAN_ATTAINMENT
from plugin.manifest.document import Manifest
from plugin.manifest.environment import env_example
from plugin.normalise.registry import adapters
from plugin.release.kpi_pages import kpi_pages
from plugin.release.reference import reference_page, schema


def schema_text() -> str:
    return json.dumps(schema(Manifest), indent=2, ensure_ascii=False) + "\n"


def made_files(manifest: Manifest, root: Path) -> Mapping[str, str]:
    """`root` is the checkout: pages that people write, too, are read from it."""
    return {
        ".env.example": env_example(manifest),
        manifest.schema_file: schema_text(),
        "docs/reference.md": reference_page(manifest, adapters(), (*METRICS.values(), PLAN_ATTAINMENT)),
        **kpi_pages(root),
    }
