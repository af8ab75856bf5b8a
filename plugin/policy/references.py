"""A document and the names that exist go in, the names in it that lead nowhere come out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from plugin.contract.adapter import Setting
from plugin.policy.contradictions import contradictions
from plugin.policy.document import Document
from plugin.policy.problems import PolicyError, Problem, key_path

#: the built-in source of what the plugin's own surveys sent and got back
OWN_SURVEYS = "survey"
_VARIANTS = frozenset(["p50", "p90", "p95", "business", "sl1", "sl2", "sl3", "sl4", "sl5", "sl6"])


Use = tuple[tuple[str | int, ...], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the rest of the program offers; None is not checked. `ratios` are the KPIs whose value is a fraction of at most 1.

    `shares` are those of them that tell how many of counted items, `volumes` the KPIs that count what happened.
    """

    kpis: Collection[str] | None = None
    ratios: Collection[str] = ()
    shares: Collection[str] | None = None
    volumes: Collection[str] | None = None
    adapters: Mapping[str, Sequence[Setting]] | None = None


def check(document: Document, known: Known | None = None) -> None:
    """Raises `PolicyError` with every broken reference."""
    known = known or Known()
    problems = [
        *_names(document),
        *_campaigns_of_digests(document),
        *_agents_of_two_teams(document),
        *_aliases_of_two(document),
        *_kpis(document, known),
        *_percentages(document, known),
        *_sources(document, known),
        *_rules(document, known),
    ]
    if problems:
        raise PolicyError(problems)


def _names(document: Document) -> Iterator[Problem]:
    tables: dict[str, tuple[Collection[str], Iterator[Use]]] = {
        "calendars": (document.calendars, _uses_of_calendars(document)),
        "channels": (document.channels, _uses_of_channels(document)),
        "teams": (document.teams, _uses_of_teams(document)),
        "campaigns": (document.campaigns, _uses_of_campaigns(document)),
        "sources": (document.sources, _uses_of_sources(document)),
    }
    for table, (names, uses) in tables.items():
        for path, name in uses:
            if name not in names:
                remedy = f'"{name}" does not exist; add [{key_path(table, name)}]' + _or_one_of(names)
                yield Problem(path=key_path(*path), text=remedy)


def _or_one_of(names: Collection[str]) -> str:
    return f" or write one of {', '.join(names)}" if names else " or remove it"


def _uses_of_calendars(document: Document) -> Iterator[Use]:
    if document.business_calendar is not None:
        yield ("business_calendar",), document.business_calendar
    for table in ("rules", "teams", "queues"):
        for name, part in getattr(document, table).items():
            if part.calendar is not None:
                yield (table, name, "calendar"), part.calendar
    if document.watch.calendar is not None:
        yield ("watch", "calendar"), document.watch.calendar


def _uses_of_channels(document: Document) -> Iterator[Use]:
    for name, rule in document.rules.items():
        yield from ((("rules", name, "targets", place), target) for place, target in enumerate(rule.targets))
        yield from ((("rules", name, "escalate_to", place), target) for place, target in enumerate(rule.escalate_to))
    for name, digest in document.digests.items():
        yield from ((("digests", name, "channels", place), target) for place, target in enumerate(digest.channels))
    yield from ((("watch", "targets", place), target) for place, target in enumerate(document.watch.targets))


def _uses_of_teams(document: Document) -> Iterator[Use]:
    scopes: list[tuple[tuple[str | int, ...], str | None]] = [
        *((("rules", name, "scope", "team"), rule.scope.team) for name, rule in document.rules.items()),
        *((("digests", name, "scope", "team"), digest.scope.team) for name, digest in document.digests.items()),
        *((("surveys", name, "scope", "team"), survey.scope.team) for name, survey in document.surveys.items()),
        *((("targets", place, "scope", "team"), target.scope.team) for place, target in enumerate(document.targets)),
        *((("costs", place, "team"), cost.team) for place, cost in enumerate(document.costs)),
    ]
    yield from ((path, team) for path, team in scopes if team is not None)


def _uses_of_campaigns(document: Document) -> Iterator[Use]:
    uses: list[tuple[tuple[str | int, ...], str | None]] = [
        *((("digests", name, "scope", "campaign"), digest.scope.campaign) for name, digest in document.digests.items()),
        *((("targets", place, "scope", "campaign"), one.scope.campaign) for place, one in enumerate(document.targets)),
    ]
    yield from ((path, campaign) for path, campaign in uses if campaign is not None)


def _campaigns_of_digests(document: Document) -> Iterator[Problem]:
    """A digest about a whole campaign has to know which one, and from when to when it lasts."""
    for name, digest in document.digests.items():
        if digest.kind != "campaign":
            continue
        campaign = digest.scope.campaign
        if campaign is None:
            text = 'is about a campaign; name it with scope = { campaign = "spring" }'
            yield Problem(path=key_path("digests", name, "kind"), text=text)
        elif campaign in document.campaigns and document.campaigns[campaign].first is None:
            text = f"{campaign} has no dates; add from and to to [{key_path('campaigns', campaign)}]"
            yield Problem(path=key_path("digests", name, "scope", "campaign"), text=text)


def _uses_of_sources(document: Document) -> Iterator[Use]:
    for path, source, _ in document.aliases.uses():
        if path[-1] == 0:
            yield path[:-1], source


def _aliases_of_two(document: Document) -> Iterator[Problem]:
    for path, spelling in document.aliases.twice():
        yield Problem(path=key_path(*path), text=f'"{spelling}" stands for more than one name; leave it in one place')


def _agents_of_two_teams(document: Document) -> Iterator[Problem]:
    for name, team in document.teams.items():
        for place, agent in enumerate(team.agents):
            first = document.team_of_agent(agent)
            if first is not None and first != name:
                text = f"already belongs to team {first}; an agent is in one team, remove the name here or there"
                yield Problem(path=key_path("teams", name, "agents", place), text=text)


def _kpis(document: Document, known: Known) -> Iterator[Problem]:
    kpis = known.kpis
    if kpis is None:
        return
    uses: list[Use] = [
        *((("targets", place, "kpi"), target.kpi) for place, target in enumerate(document.targets)),
        *((("rules", name, "kpi"), rule.kpi) for name, rule in document.rules.items()),
    ]
    for name, digest in document.digests.items():
        uses.extend((("digests", name, "kpis", place), kpi) for place, kpi in enumerate(digest.kpis))
    for path, kpi in uses:
        stem, _, variant = kpi.partition(".")
        if kpi not in kpis and not (stem in kpis and variant in _VARIANTS):
            close = get_close_matches(kpi, kpis, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"write one of {', '.join(sorted(kpis))}"
            yield Problem(path=key_path(*path), text=f'"{kpi}" is not a KPI; {remedy}')


def _percentages(document: Document, known: Known) -> Iterator[Problem]:
    """A share of 15 would never be reached: the user meant 15 %."""
    written: list[tuple[tuple[str | int, ...], str, float | None]] = []
    for name, rule in document.rules.items():
        written += [
            (("rules", name, key), rule.kpi, getattr(rule, key))
            for key in ("fire_above", "fire_below", "clear_at", "clear_by")
        ]
    for place, target in enumerate(document.targets):
        written += [(("targets", place, key), target.kpi, getattr(target, key)) for key in ("value", "low", "high")]
    for path, kpi, value in written:
        if kpi.partition(".")[0] in known.ratios and value is not None and value > 1:
            yield Problem(
                path=key_path(*path), text=f"must be a share from 0 to 1; write {value:g} % as {value / 100:g}"
            )


def _rules(document: Document, known: Known) -> Iterator[Problem]:
    for name, rule in document.rules.items():
        for key, text in contradictions(rule, document.hours_of_rule(rule), known.shares, known.volumes):
            yield Problem(path=key_path("rules", name, *([key] if key else [])), text=text)


def _sources(document: Document, known: Known) -> Iterator[Problem]:
    adapters = known.adapters
    if adapters is None:
        return
    for name, source in document.sources.items():
        if name == OWN_SURVEYS:
            text = "is the name of Deskgauge's own surveys; choose another one"
            yield Problem(path=key_path("sources", name), text=text)
        if source.adapter not in adapters:
            text = f'"{source.adapter}" is not an adapter; write one of {", ".join(sorted(adapters))}'
            yield Problem(path=key_path("sources", name, "adapter"), text=text)
            continue
        offered = {setting.key: setting for setting in adapters[source.adapter]}
        for key in source.settings:
            path = key_path("sources", name, "settings", key)
            if key not in offered:
                yield Problem(path=path, text=f"unknown setting{_or_one_of(offered)}")
            elif offered[key].secret:
                text = (
                    "is a secret and must not be written here; enter it with `deskgauge connect` or in the environment"
                )
                yield Problem(path=path, text=text)
