"""One record of mod_json_cdr in parts: decoded variables, the profiles that the channel went through, the applications it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from plugin.contract.adapter import Settings, first, pairs
from plugin.contract.payload import BadPayload, Payload, instant_from_epoch

#: what a telephone says instead of a number that it does not show
NO_NUMBER = frozenset({"anonymous", "unknown", "restricted", "unavailable", "private", "asserted", "0000000000"})
DEFAULT_DIGITS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What a source calls its queues, agents and extensions, and how long an own extension is at most."""

    known: dict[str, str]
    digits: int

    def of(self, word: str | None) -> str | None:
        return None if word is None else self.known.get(word, word)

    def is_own(self, number: str | None) -> bool:
        return number is not None and (number in self.known or (number.isdigit() and len(number) <= self.digits))


def read_names(settings: Settings) -> Names:
    digits = first(settings, "extension_digits") or ""
    return Names(
        known=pairs(settings, "names"), digits=int(digits) if digits.isdecimal() and len(digits) < 3 else DEFAULT_DIGITS
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A stretch in which this leg was connected with another one."""

    partner: str
    number: str | None
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """An application of the dialplan that was run."""

    name: str
    told: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """`flow` holds the profiles of the channel, the oldest first."""

    id: str
    variables: Payload
    flow: Sequence[Payload]
    steps: Sequence[Step]
    started_at: datetime
    ended_at: datetime

    def value(self, name: str) -> str | None:
        """A variable, decoded: mod_json_cdr percent-encodes each value unless `encode-values` is false."""
        return decoded(self.variables[name])

    @property
    def caller(self) -> str | None:
        return self._profile(0, "caller_id_number") or self.value("sip_from_user")

    @property
    def dialled(self) -> str | None:
        return self._profile(0, "destination_number") or self.value("sip_to_user")

    @property
    def last_caller(self) -> str | None:
        """Who was shown to it at the end: after an attended transfer the customer, no longer the agent who asked."""
        return self._profile(-1, "caller_id_number") or self.caller

    def _profile(self, index: int, name: str) -> str | None:
        return self.flow[index]["caller_profile"][name].text_or() if self.flow else None

    @property
    def is_answering(self) -> bool:
        """Made by another leg, to reach somebody: a B leg."""
        return "originating_leg_uuid" in self.variables or any(
            "originator" in profile["caller_profile"] for profile in self.flow
        )

    def parts(self) -> list[Part]:
        return [part for profile in self.flow if (part := self._part(profile)) is not None]

    def _part(self, profile: Payload) -> Part | None:
        began_at = micro(profile["times"]["bridged_time"])
        partner = _partner(profile["caller_profile"])
        if began_at is None or partner is None:
            return None
        ended_at = micro(profile["times"]["transfer_time"]) or self.ended_at
        number = partner["destination_number"].text_or()
        return Part(partner=partner["uuid"].text(), number=number, began_at=began_at, ended_at=ended_at)


def _partner(caller_profile: Payload) -> Payload | None:
    for side in ("originatee", "originator"):
        for partner in caller_profile[side][f"{side}_caller_profiles"].items():
            return partner
    return None


def read_leg(record: Payload) -> Leg | None:
    """None for a leg that is not over, of which nothing can be said yet."""
    variables = record["variables"].object()
    ended_at = micro(variables["end_uepoch"])
    if ended_at is None:
        return None
    started_at = micro(variables["start_uepoch"])
    return Leg(
        id=variables["uuid"].text(),
        variables=variables,
        flow=list(record["callflow"].items())[::-1],
        steps=[_step(entry) for entry in record["app_log"]["applications"].items()],
        started_at=ended_at if started_at is None else started_at,
        ended_at=ended_at,
    )


def _step(entry: Payload) -> Step:
    at = moment(entry["app_stamp"])
    return Step(name=entry["app_name"].text(), told=decoded(entry["app_data"]) or "", at=at)


def decoded(value: Payload) -> str | None:
    text = value.text_or()
    return None if text is None else Payload(unquote(text), value.path).text_or()


def micro(value: Payload) -> datetime | None:
    """Microseconds since 1970, of which 0 means never."""
    text = value.text_or("0") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BadPayload(value.path, "microseconds since 1970 expected")
    return instant_from_epoch(int(text) / 1e6, value.path) if int(text) else None


def moment(value: Payload) -> datetime:
    """Microseconds since 1970 that have to be there."""
    at = micro(value)
    if at is None:
        raise BadPayload(value.path, "microseconds since 1970 expected, but there are none")
    return at


def known_number(number: str | None) -> str | None:
    return None if number is None or number.lower() in NO_NUMBER else number


def seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 3)
