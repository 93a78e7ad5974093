import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Property tests repeat the same cases each run, unless PROPERTY_SEED says otherwise. */
const setupFiles = [join(import.meta.dirname, 'test/property-seed.ts')]

/** Pages are built once a run. */
const globalSetup = [join(import.meta.dirname, 'test/shared-builds.ts')]

const unit = (name: string) => ({
  test: {
    name,
    setupFiles,
    root: name,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'nodes/{src,test}/**/*.test.ts'],
    environment: 'node' as const,
  },
})

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Three workers for the two cores of the machines this runs on: tests of real processes wait for half of their time.
    maxWorkers: 3,
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
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
