"""Making our webhook at each vendor's side over real HTTP, and removing it, whatever interrupts it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from installed import installed
from registries import HAND_MADE, VENDORS, Registry, Vendor
from sqlalchemy import Engine
from vendor_api import Asked, Told, VendorApi, serving

from plugin.connecting.registering import Outcome, Registering, RegistrationProblem, registered
from plugin.contract.registration import Thing, Wanted
from plugin.contract.settings import first
from plugin.installation import Installation
from plugin.normalise.registry import adapters
from plugin.normalise.sources import vault_name
from plugin.vendor_api.asking import Pace

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WANTED = Wanted(url="https://gauge.example.org/hooks/desk/x", name="Deskgauge desk", secret="whsec_bWFkZS11cA==")
MOVED = dataclasses.replace(WANTED, url="https://gauge.example.com/hooks/desk/x")
OTHER = "https://elsewhere.example.org/hook"
HURRIED = Pace(sleep=lambda seconds: None)


@dataclasses.dataclass
class Desk:
    """One vendor's account, and an installation with a source of it."""

    opened: Installation
    vendor: Vendor
    registry: Registry
    api: VendorApi
    #: what others have there
    standing: dict[str, str]
    #: from which request on the vendor answers no more, though it does what it is asked
    silent_from: int | None = None

    def work(self) -> Registering:
        self.opened.reload()
        source = self.opened.sources["desk"]
        registration = source.adapter.registration
        assert registration is not None
        return Registering(
            opened=self.opened,
            source=source,
            registration=registration,
            send=self.api.sender_to(registration.origins, source.settings),
            pace=HURRIED,
        )

    def make(self, wanted: Wanted = WANTED) -> Outcome:
        return self.work().make(wanted, NOW)

    def remove(self) -> list[Thing]:
        return list(self.work().remove(WANTED))

    @property
    def ours(self) -> list[str]:
        return [url for url in self.registry.webhooks.values() if url != OTHER]

    @property
    def secret(self) -> str | None:
        """The one of the source, where the vendor makes it."""
        self.opened.reload()
        return first(self.opened.sources["desk"].settings, self.vendor.learns) if self.vendor.learns else None


@contextmanager
def desk_of(vendor: Vendor, engine: Engine, folder: Path) -> Iterator[Desk]:
    opened = installed(engine, folder, f'[sources.desk]\nadapter = "{vendor.adapter}"\n')
    for key, value in vendor.login.items():
        opened.vault.put(vault_name("desk", key), value)
    plain = {each.key for each in opened.adapters[vendor.adapter].settings if not each.secret}
    settings = "".join(f'{key} = "{value}"\n' for key, value in vendor.login.items() if key in plain)
    opened = installed(
        engine, folder, f'[sources.desk]\nadapter = "{vendor.adapter}"\n[sources.desk.settings]\n{settings}'
    )
    standing = {} if vendor.has_one_place else {HAND_MADE: OTHER}
    registry = Registry(webhooks=standing.copy(), given={HAND_MADE: "somebody-elses"}, ids=vendor.ids)

    def routes(asked: Asked) -> Told:
        told = vendor.routes(registry, asked)
        return Told(hang_up=True) if desk.silent_from is not None and len(api.asked) >= desk.silent_from else told

    with serving(routes) as api:
        desk = Desk(opened=opened, vendor=vendor, registry=registry, api=api, standing=standing)
        yield desk


@pytest.fixture(params=sorted(VENDORS))
def desk(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    with desk_of(VENDORS[request.param], engine, tmp_path) as found:
        yield found


def test_it_is_made_once_and_its_secret_is_kept(desk: Desk) -> None:
    made = desk.make()
    assert made.is_new
    assert desk.ours == [WANTED.url]
    (id,) = [id for id, url in desk.registry.webhooks.items() if url == WANTED.url]
    assert desk.secret == (desk.registry.given[id] if desk.vendor.learns else None)
    assert desk.make() == Outcome(things=made.things)
    assert desk.ours == [WANTED.url]


def test_a_vendor_that_is_told_our_secret_signs_with_it(desk: Desk) -> None:
    desk.make()
    if desk.vendor.learns is None and desk.vendor.is_told:
        assert WANTED.secret in desk.registry.given.values()


def test_what_was_made_by_hand_is_left_as_it_is(desk: Desk) -> None:
    by_hand = desk.registry.add(WANTED.url)
    before = desk.registry.webhooks.copy()
    found = desk.make()
    assert found.is_foreign
    assert desk.vendor.has_one_place or by_hand in {thing.id for thing in found.things}
    assert desk.registry.webhooks == before
    assert desk.remove() == []
    assert desk.registry.webhooks == before


def test_a_place_that_another_program_has_is_left_as_it_is(desk: Desk) -> None:
    if not desk.vendor.has_one_place:
        return
    desk.registry.webhooks[HAND_MADE] = OTHER
    with pytest.raises(RegistrationProblem, match="another program has it: remove it there first"):
        desk.make()
    assert desk.registry.webhooks == {HAND_MADE: OTHER}
    desk.registry.webhooks.clear()
    desk.make()
    desk.registry.webhooks.clear()
    desk.registry.webhooks[HAND_MADE] = OTHER
    desk.remove()
    assert desk.registry.webhooks == {HAND_MADE: OTHER}


def test_something_is_sent_where_the_vendor_can_be_made_to(desk: Desk) -> None:
    made = desk.make()
    registration = desk.opened.sources["desk"].adapter.registration
    can = registration is not None and registration.test is not None
    assert desk.work().test(made.things) == can
    assert bool(desk.registry.tested) == can


def test_what_somebody_removed_is_made_anew(desk: Desk) -> None:
    desk.make()
    for id in [id for id, url in desk.registry.webhooks.items() if url == WANTED.url]:
        desk.registry.drop(id)
    assert desk.make().is_new
    assert desk.ours == [WANTED.url]


def test_another_address_takes_the_place_of_the_old_one(desk: Desk) -> None:
    desk.make()
    assert desk.make(MOVED).is_new
    assert desk.ours == [MOVED.url]


def test_it_is_removed_with_what_the_vendor_gave(desk: Desk) -> None:
    made = desk.make()
    assert sorted(map(str, desk.remove())) == sorted(map(str, made.things))
    assert desk.registry.webhooks == desk.standing
    assert not desk.registry.others
    assert desk.secret is None
    assert registered(desk.opened, "desk") is None
    assert desk.remove() == []


def test_interrupted_at_any_request_it_is_made_once(desk: Desk) -> None:
    for number in range(1, 40):
        desk.silent_from = len(desk.api.asked) + number
        try:
            desk.make()
            break
        except RegistrationProblem:
            desk.silent_from = None
        desk.make()
        assert desk.ours == [WANTED.url]
        if desk.vendor.learns:
            (id,) = [id for id, url in desk.registry.webhooks.items() if url == WANTED.url]
            assert desk.secret == desk.registry.given[id]
        desk.remove()
        assert desk.registry.webhooks == desk.standing
        assert not desk.registry.others
    assert 2 < number < 39


def test_interrupted_at_any_request_it_is_removed(desk: Desk) -> None:
    for number in range(1, 40):
        desk.make()
        desk.silent_from = len(desk.api.asked) + number
        try:
            desk.remove()
            break
        except RegistrationProblem:
            desk.silent_from = None
        desk.remove()
        assert desk.registry.webhooks == desk.standing
        assert not desk.registry.others
    assert 1 < number < 39


def test_after_an_interrupted_removal_it_can_be_made_again(desk: Desk) -> None:
    desk.make()
    desk.silent_from = len(desk.api.asked) + 1
    with pytest.raises(RegistrationProblem, match="run it again"):
        desk.remove()
    desk.silent_from = None
    assert desk.make().is_new
    assert desk.ours == [WANTED.url]


def test_a_refusal_says_what_to_check_and_what_the_vendor_said_without_our_secrets(desk: Desk) -> None:
    settings = desk.opened.sources["desk"].adapter.settings
    secret = next(each.key for each in settings if each.key in desk.vendor.login and each.secret)
    desk.opened.vault.put(vault_name("desk", secret), "wrong")
    with pytest.raises(RegistrationProblem, match=f"Check .*{secret}") as raised:
        desk.make()
    assert "wrong" not in str(raised.value)
    assert desk.ours == []


def test_every_vendor_whose_webhook_can_be_made_is_tried_here() -> None:
    assert {vendor.adapter for vendor in VENDORS.values()} == {
        key for key, adapter in adapters().items() if adapter.registration is not None
    }
