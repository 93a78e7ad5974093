import { defineConfig } from 'vitest/config'

const unit = (name: string) => ({
  test: { name, root: name, include: ['src/**/*.test.ts', 'test/**/*.test.ts'], environment: 'node' as const },
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
          root: 'web',
          include: ['{finder,console,shared}/**/*.test.{ts,tsx}'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'system',
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
