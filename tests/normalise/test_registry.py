from __future__ import annotations

import pytest
from acme_adapter import acme

from plugin.normalise.registry import AdapterError, adapters, collect, require_own_package


def test_every_module_of_the_package_that_offers_an_adapter_is_known_by_its_key() -> None:
    known = adapters()
    assert {"asterisk", "twilio", "aircall"} <= set(known)
    assert all(key == adapter.key for key, adapter in known.items())


def test_two_adapters_of_one_key_stop_with_both_places() -> None:
    with pytest.raises(AdapterError, match=r"'acme' is there twice: in adapters\.acme and in acme_plugin:A"):
        collect([("adapters.acme", acme()), ("acme_plugin:A", acme())])


def test_an_entry_point_that_is_no_adapter_is_named() -> None:
    with pytest.raises(AdapterError, match="acme_plugin:A: an object of"):
        collect([("acme_plugin:A", "not an adapter")])


def test_a_foreign_owner_of_the_package_is_named_with_what_to_do() -> None:
    with pytest.raises(AdapterError, match="pip uninstall other-adapters"):
        require_own_package(["deskgauge", "other-adapters"])


def test_our_own_distribution_may_own_the_package() -> None:
    require_own_package(["deskgauge"])
    require_own_package([])
