"""Help desks whose webhooks can be made."""

from registry_jira import CLOUD, SINCE_10

DESKS = (CLOUD, SINCE_10)
