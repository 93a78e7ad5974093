import type { RouteObject } from 'react-router'

/** The fleet's pages, each loaded when it is first opened. */
export const FLEET_PAGES: RouteObject[] = [
  {
    path: 'fleet/profiles',
    lazy: async () => ({ Component: (await import('./profiles/profile-list-page.tsx')).ProfileListPage }),
  },
  {
    path: 'fleet/new-profile',
    lazy: async () => ({ Component: (await import('./profiles/new-profile-page.tsx')).NewProfilePage }),
  },
  {
    path: 'fleet/profiles/:profile',
    lazy: async () => ({ Component: (await import('./profiles/profile-page.tsx')).ProfilePage }),
  },
  {
    path: 'fleet/batches',
    lazy: async () => ({ Component: (await import('./batches/batch-list-page.tsx')).BatchListPage }),
  },
  {
    path: 'fleet/batches/:batch',
    lazy: async () => ({ Component: (await import('./batches/batch-page.tsx')).BatchPage }),
  },
  {
    path: 'fleet/flash',
    lazy: async () => ({ Component: (await import('./flash/flash-page.tsx')).FlashPage }),
  },
  {
    path: 'fleet/gateways/:gateway/devices',
    lazy: async () => ({ Component: (await import('./device-setup-page.tsx')).DeviceSetupPage }),
  },
  {
    path: 'fleet/gateways/:gateway',
    lazy: async () => ({ Component: (await import('./gateways/gateway-page.tsx')).GatewayPage }),
  },
  {
    path: 'fleet/gateways',
    lazy: async () => ({ Component: (await import('./gateways/gateway-list-page.tsx')).GatewayListPage }),
  },
  {
    path: 'fleet/bench',
    lazy: async () => ({ Component: (await import('./bench/bench-list-page.tsx')).BenchListPage }),
  },
  {
    path: 'fleet/bench/:gateway',
    lazy: async () => ({ Component: (await import('./bench/bench-page.tsx')).BenchPage }),
  },
  {
    path: 'fleet/rollouts',
    lazy: async () => ({ Component: (await import('./rollouts/rollout-list-page.tsx')).RolloutListPage }),
  },
  {
    path: 'fleet/new-rollout',
    lazy: async () => ({ Component: (await import('./rollouts/new-rollout-page.tsx')).NewRolloutPage }),
  },
  {
    path: 'fleet/rollouts/:rollout',
    lazy: async () => ({ Component: (await import('./rollouts/rollout-page.tsx')).RolloutPage }),
  },
]
