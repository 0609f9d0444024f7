"""Which roles a token can be given so that they open something. Names them; gives none."""

from firedoor.app.policy.in_force import draft_of, in_force
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.policies import StoredPolicies
from firedoor.operations.create_token import ROLES


def roles_that_count(wanted: frozenset[str], settings: Settings, stored: StoredPolicies) -> frozenset[str]:
    """The roles of every gateway; where others are wanted, also those that rules and settings name.

    Raises:
        SettingsError: others are wanted, and the policy cannot be read.
    """
    if wanted <= ROLES:
        return ROLES
    _, draft = draft_of(settings, None)
    policies = [draft, *(each for each in [in_force(settings, stored)] if each is not None)]
    demands = [rule.demand for policy in policies for rule in policy.rules if rule.demand is not None]
    return ROLES.union(settings.approvals.permits.openers, *(demand.roles for demand in demands))
