"""Events with the names that the centre uses, in place of those of the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from plugin.contract.event import Event
from plugin.policy.aliases import Aliases


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What one source calls an agent or a queue --> the name; whoever is not there keeps his own."""

    agents: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)

    def agent(self, called: str) -> str:
        return self.agents.get(called, called)

    def queue(self, called: str) -> str:
        return self.queues.get(called, called)

    def in_place(self, events: Iterable[Event]) -> Iterable[Event]:
        """The same events; those of a source without aliases are not copied."""
        return map(self._named, events) if self.agents or self.queues else events

    def _named(self, event: Event) -> Event:
        return replace(
            event,
            agent=None if event.agent is None else self.agent(event.agent),
            queue=None if event.queue is None else self.queue(event.queue),
        )


#: of a source that calls everybody by his name
OWN = Names()


def names_by_source(aliases: Aliases) -> dict[str, Names]:
    return {
        source: Names(agents=aliases.agents_of(source), queues=aliases.queues_of(source))
        for source in sorted(aliases.sources())
    }
