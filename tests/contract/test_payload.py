from __future__ import annotations

import pytest

from plugin.contract.payload import BadPayload, Payload

HUGE = "9" * 30


@pytest.mark.parametrize(
    "written",
    [
        f"Tue, 24 Nov {HUGE} 10:00:00 +0000",
        f"Tue, 24 Nov 2026 10:00:{HUGE} +0000",
        f"Tue, 24 Nov 2026 10:00:00 +0{HUGE}",
        "Tue, 24 Nov 2026",
        "",
    ],
)
def test_a_date_that_cannot_be_is_named_by_its_path(written: str) -> None:
    with pytest.raises(BadPayload, match=r"\$\.Timestamp"):
        Payload({"Timestamp": written})["Timestamp"].rfc2822()
