"""Help desks whose webhooks can be made."""

from registry_chatwoot import CHATWOOT
from registry_gorgias import GORGIAS
from registry_help_scout import HELP_SCOUT
from registry_jira import CLOUD, SINCE_10
from registry_kustomer import KUSTOMER
from registry_zammad import ZAMMAD

DESKS = (CHATWOOT, CLOUD, GORGIAS, HELP_SCOUT, KUSTOMER, SINCE_10, ZAMMAD)
