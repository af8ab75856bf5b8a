"""The secrets of the demo's sources: made by a seed, given to the server by the environment, used by the senders to sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.demo.chance import token
from plugin.normalise.sources import variable

SOURCES = ("twilio", "aircall", "asterisk", "zendesk", "chat")


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """`zendesk_triggers` signs the surveys: at the vendor every webhook has a secret of its own."""

    twilio: str
    aircall_token: str
    aircall_path: str
    asterisk: str
    zendesk: str
    zendesk_triggers: str
    chat: str

    def settings(self) -> dict[str, dict[str, str]]:
        """source --> its secret settings, as `plugin.normalise.sources` reads them: several values stand side by side."""
        return {
            "twilio": {"auth_token": self.twilio},
            "aircall": {"token": self.aircall_token, "path_secret": self.aircall_path},
            "asterisk": {"secret": self.asterisk},
            "zendesk": {"secret": f"{self.zendesk} {self.zendesk_triggers}"},
            "chat": {"secret": self.chat},
        }

    def environment(self) -> Mapping[str, str]:
        return {
            variable(source, key): value for source, values in self.settings().items() for key, value in values.items()
        }


def make_keys(seed: str) -> Keys:
    """Whoever knows the seed knows the secrets: a server that others can reach needs an unguessable one."""
    return Keys(
        twilio=token(seed, "twilio"),
        aircall_token=token(seed, "aircall token"),
        aircall_path=token(seed, "aircall path"),
        asterisk=token(seed, "asterisk"),
        zendesk=token(seed, "zendesk"),
        zendesk_triggers=token(seed, "zendesk triggers"),
        chat=token(seed, "chat"),
    )
