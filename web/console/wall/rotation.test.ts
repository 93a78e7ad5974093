import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST, PANELS, type RotationInput, everyMsOf, rotate } from './rotation.ts'

const INPUTS: RotationInput[] = ['tick', 'toggle', 'next', 'previous']

describe('the wall', () => {
  it('shows every panel in turn and begins again', () => {
    let state = FIRST
    const shown = PANELS.map(() => {
      state = rotate(state, 'tick')
      return PANELS[state.index]
    })
    expect(new Set(shown).size).toBe(PANELS.length)
    expect(state).toEqual(FIRST)
  })

  it('always shows one of its panels, and time alone moves it only while it is not paused', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INPUTS)), inputs => {
        const state = inputs.reduce(rotate, FIRST)
        expect(PANELS[state.index]).toBeDefined()
        const ticked = rotate(state, 'tick')
        expect(ticked.index === state.index).toBe(state.isPaused)
      }),
    )
  })

  it('stays where somebody went by hand', () => {
    expect(rotate(rotate(FIRST, 'next'), 'tick')).toEqual({ index: 1, isPaused: true })
    expect(rotate(FIRST, 'previous')).toEqual({ index: PANELS.length - 1, isPaused: true })
  })

  it('takes no time for a panel that nobody could read it in', () => {
    const every = (text: string) => everyMsOf(new URLSearchParams(text))
    expect(every('')).toBe(15_000)
    expect(every('every=0')).toBe(5_000)
    expect(every('every=20')).toBe(20_000)
    expect(every('every=x')).toBe(15_000)
  })
})
