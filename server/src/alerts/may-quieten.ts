import type { Role } from '@harbor/protocol'

/**
 * Who may keep others from being told: silence an alert, open a maintenance window. A keeper, who is answerable for one
 * station's state, may not.
 */
export const MAY_QUIETEN: readonly Role[] = ['maintainer', 'manager', 'hardware', 'administrator']

/** Who may take a whole station out of service. */
export const MAY_CLOSE: readonly Role[] = ['manager', 'administrator']
