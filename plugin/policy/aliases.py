"""One name for an agent or a queue that several sources call differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from plugin.policy.fields import Name, Part, SourceName


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


#: source --> how it calls the one that the key of the table names
Spellings = dict[SourceName, Annotated[tuple[Name, ...], BeforeValidator(_as_list)]]


class Aliases(Part):
    agents: dict[Name, Spellings] = Field(default_factory=dict)
    queues: dict[Name, Spellings] = Field(default_factory=dict)

    def agents_of(self, source: str) -> dict[str, str]:
        """What the source calls an agent --> his name."""
        return _names(self.agents, source)

    def queues_of(self, source: str) -> dict[str, str]:
        return _names(self.queues, source)

    def sources(self) -> set[str]:
        return {source for table in (self.agents, self.queues) for spellings in table.values() for source in spellings}

    def uses(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """(path, source, how it calls it) of every spelling."""
        for table in ("agents", "queues"):
            for name, spellings in getattr(self, table).items():
                for source, given in spellings.items():
                    for place, spelling in enumerate(given):
                        yield ("aliases", table, name, source, place), source, spelling

    def twice(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """(path, how a source calls it) of what stands for more than one name."""
        found = Counter((path[1], source, spelling) for path, source, spelling in self.uses())
        yield from (
            (path, spelling) for path, source, spelling in self.uses() if found[(path[1], source, spelling)] > 1
        )


def _names(table: Mapping[str, Spellings], source: str) -> dict[str, str]:
    return {spelling: name for name, spellings in table.items() for spelling in spellings.get(source, ())}
