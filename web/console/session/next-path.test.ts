import { describe, expect, it } from 'vitest'
import { nextPath, signInPath } from './next-path.ts'

describe('where sign-in leads', () => {
  it('is where the person wanted to go, with its query', () => {
    const wanted = '/stations/cq-500103-01?metric=power.all&range=24h'
    const [, search = ''] = signInPath(wanted).split('?')
    expect(nextPath(`?${search}`)).toBe(wanted)
  })

  it('is where the person begins when nothing was wanted', () => {
    expect(signInPath('/')).toBe('/sign-in')
    expect(nextPath('')).toBe('/')
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'evil', '/sign-in?next=/sign-in'])(
    'is never %s',
    next => {
      expect(nextPath(`?${new URLSearchParams({ next })}`)).toBe('/')
    },
  )
})
