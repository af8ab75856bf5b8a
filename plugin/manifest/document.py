"""The form of `manifest.json`: every key that there is, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from plugin.contract.event import Kind

Text = Annotated[str, Field(min_length=1)]
#: Who may open a page without being anybody.
PUBLIC = "public"
#: Who may call what a vendor calls: whoever signs.
SIGNED = "signature"
#: In front of the scope that the token of a program needs.
SCOPE = "scope:"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, serialize_by_alias=True)


class Links(Part):
    """Files and folders of the project, from its root."""

    readme: Text
    changelog: Text
    security: Text
    documentation: Text


class Requires(Part):
    """`revision` is the newest revision of the database's schema."""

    python: Text
    postgresql: Annotated[int, Field(ge=10)]
    revision: Text = Field(alias="schema")


class Setting(Part):
    """One variable of the environment. `key` is its field of `plugin.config.Config`; no `default`: worked out, or none."""

    key: Text
    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    type: Literal["text", "path", "url", "list"]
    group: Text
    help: Text
    required: bool
    secret: bool
    default: str | None

    @field_validator("default")
    @classmethod
    def _no_secret_is_shared(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("secret"):
            raise ValueError("a secret has no default: every installation would have the same; write null")
        return value


class Webhook(Part):
    """`path` is a route of the application, `signature` how the adapter checks a request."""

    path: Text
    signature: Text


class AdapterEntry(Part):
    id: Text
    kind: Literal["telephony", "ticketing", "chat", "generic"]
    title: Text
    module: Text
    delivery: tuple[Literal["webhook", "file", "api"], ...]
    webhook: Webhook | None
    events: tuple[Kind, ...]
    personal_data: tuple[
        Literal["customer_number", "customer_address", "customer_name", "agent_name", "content", "recording_url"], ...
    ]
    docs: Text


class NotifierEntry(Part):
    """`settings` are the keys of the settings without which there is no such way out."""

    id: Text
    title: Text
    module: Text
    settings: tuple[str, ...]


class KpiEntry(Part):
    """`version` is that of the definition."""

    id: Text
    unit: Text
    better: Text
    version: Annotated[int, Field(ge=1)]


class JobEntry(Part):
    id: Text
    title: Text
    every: Text


class PageEntry(Part):
    """`permission` is `public`, `signature`, the least role of a person, or `scope:` and what the token of a program opens."""

    path: Text
    permission: Text


class RoleEntry(Part):
    id: Text
    may: Text


class SlackApp(Part):
    """Within the limits of Slack's schema of app manifests. Slack calls the pages `actions`, `commands` and `events_to`."""

    name: Annotated[str, Field(min_length=1, max_length=35)]
    description: Annotated[str, Field(min_length=1, max_length=140)]
    background_color: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    scopes: tuple[str, ...]
    #: what the app is told of: https://docs.slack.dev/reference/events
    events: tuple[str, ...]
    command: Annotated[str, Field(pattern=r"^/[a-z0-9_-]{1,31}$")]
    command_does: Annotated[str, Field(min_length=1, max_length=2000)]
    command_hint: Annotated[str, Field(min_length=1, max_length=1000)]
    actions: Text
    commands: Text
    events_to: Text


class Manifest(Part):
    schema_file: Text = Field(alias="$schema")
    manifest_version: Literal[1]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: Text
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    description: Text
    license: Text
    links: Links
    requires: Requires
    locales: tuple[str, ...]
    settings: tuple[Setting, ...]
    adapters: tuple[AdapterEntry, ...]
    notifiers: tuple[NotifierEntry, ...]
    kpis: tuple[KpiEntry, ...]
    jobs: tuple[JobEntry, ...]
    pages: tuple[PageEntry, ...]
    roles: tuple[RoleEntry, ...]
    slack_app: SlackApp

    def adapter(self, key: str) -> AdapterEntry | None:
        return next((entry for entry in self.adapters if entry.id == key), None)
