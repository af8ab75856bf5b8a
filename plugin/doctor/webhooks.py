"""The webhooks that we made at vendors' sides: do they lead here?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plugin.connecting.source import url_of
from plugin.connecting.tables import Registered
from plugin.doctor.finding import Finding, ok, warn
from plugin.normalise.sources import SourceConfig


def webhooks(made: Sequence[Registered], configured: Mapping[str, SourceConfig], base_url: str) -> Iterator[Finding]:
    for each in made:
        name, source = f"webhook of {each.source}", configured.get(each.source)
        if source is None:
            action = f"Add the source to the policy again, or `deskgauge disconnect {each.source} --forget`."
            yield warn(name, "was made at the vendor's side for a source that is no longer there", action)
            continue
        again = f"`deskgauge connect {source.adapter.key} --source {each.source}` makes it anew."
        if each.finished_at is None:
            yield warn(name, "was not made to the end at the vendor's side", again)
        elif each.url != url_of(base_url, each.source, source.settings):
            yield warn(name, "leads to an address at which this installation no longer answers", again)
        else:
            yield ok(name, f"was made at the vendor's side on {each.finished_at:%Y-%m-%d}")
