import { describe, expect, it } from 'vitest'
import { parseRoute, stationPath } from './route.ts'

describe('parseRoute', () => {
  it.each([
    { path: '/', route: { page: 'list' } },
    { path: '/s/cq-500103-01', route: { page: 'station', id: 'cq-500103-01' } },
    { path: '/s/cq-500103-01/', route: { page: 'station', id: 'cq-500103-01' } },
    { path: '/s/', route: { page: 'missing' } },
    { path: '/s/No.1', route: { page: 'missing' } },
    { path: `/s/${'a'.repeat(41)}`, route: { page: 'missing' } },
    { path: '/elsewhere', route: { page: 'missing' } },
  ])('reads $path', ({ path, route }) => {
    expect(parseRoute(path)).toEqual(route)
  })

  it("reads back a station's own path", () => {
    expect(parseRoute(stationPath('cq-500103-01'))).toEqual({ page: 'station', id: 'cq-500103-01' })
  })
})
