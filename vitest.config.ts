import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Property tests repeat the same cases each run, unless PROPERTY_SEED says otherwise. */
const setupFiles = [join(import.meta.dirname, 'test/property-seed.ts')]

/** Pages are built once a run. */
const globalSetup = [join(import.meta.dirname, 'test/shared-builds.ts')]

/**
 * Browsers, servers and several processes at once on two cores: what fails is tried once more, and its line says so. What fails twice has
 * failed, and what is tried again day after day is to be mended.
 */
const AGAIN = 1

const unit = (name: string) => ({
  test: {
    name,
    setupFiles,
    root: name,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'nodes/{src,test}/**/*.test.ts'],
    environment: 'node' as const,
    retry: AGAIN,
  },
})

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two workers: the machines this runs on have two cores, and the tests start real processes.
    maxWorkers: 2,
    projects: [
      ...['protocol', 'broker', 'gateway', 'server', 'node-red-flows', 'simulators'].map(unit),
      {
        test: {
          name: 'web',
          setupFiles,
          globalSetup,
          root: 'web',
          // A browser beside everything else that runs on a loaded machine takes its time.
          testTimeout: 60_000,
          retry: AGAIN,
          include: ['{finder,console,shared}/**/*.test.{ts,tsx}'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'system',
          globalSetup,
          root: '.',
          include: ['test/**/*.test.ts', 'scripts/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          retry: AGAIN,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
