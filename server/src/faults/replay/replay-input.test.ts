import { describe, expect, test } from 'vitest'
import { createRecordingReader, parseRecording } from './csv.ts'
import { parseReplayOptions } from './replay-options.ts'

describe('a recording', () => {
  test.each([
    ['with a header', 'unix_seconds,watts\n1,2\n3,4\n'],
    ['without', '1,2\n3,4'],
    ['with Windows’ ends of line and a mark of byte order', '\uFEFFtime, value\r\n1, 2\r\n\r\n 3 ,4.0\r\n'],
  ])('%s is read', (_how, text) => {
    expect(parseRecording(text, 'f')).toEqual({ seconds: [1, 3], values: [2, 4] })
  })

  test.each([
    ['nothing', '', 'f: it holds no readings'],
    ['a header alone', 'a,b\n', 'f: it holds no readings'],
    ['a second header', 'a,b\n1,2\na,b\n', 'f, line 3'],
    ['one column', '1\n', 'f, line 1'],
    ['three columns', '1,2,3\n', 'f, line 1'],
    ['no number', '1,2\n2,x\n', 'f, line 2'],
    ['infinity', '1,Infinity\n', 'f, line 1'],
    ['milliseconds', '1785000000000,2\n', 'expected seconds since 1970'],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => parseRecording(text, 'f')).toThrow(message)
  })
})

test('a recording is the same in whatever pieces it is read', () => {
  const text = '\uFEFFtime,value\r\n1.5,2\n\r\n3,-4e2\r5,6'
  const whole = parseRecording(text, 'f')
  expect(whole).toEqual({ seconds: [1.5, 3, 5], values: [2, -400, 6] })
  for (let at = 0; at <= text.length; at++) {
    const reader = createRecordingReader('f')
    reader.write(text.slice(0, at))
    reader.write(text.slice(at))
    expect(reader.end()).toEqual(whole)
  }
})

test('a line is named by its number in whatever pieces it is read', () => {
  const reader = createRecordingReader('f')
  for (const piece of ['1,2\r', '\n2,', '3\n', 'x']) reader.write(piece)
  expect(() => reader.end()).toThrow('f, line 3')
})

test('a file that is no text is refused before it fills the memory', () => {
  const reader = createRecordingReader('f')
  expect(() => reader.write('7'.repeat(20_000))).toThrow('f, line 1')
})

describe('the options', () => {
  test('name a kind in plain words, and files as often as there are', () => {
    const args = ['--appliance', 'Water-Dispenser', '--watts', 'a', '--watts', 'b', '--people', 'c', '--model', 'm']
    expect(parseReplayOptions(args)).toEqual({
      kind: 'water_dispenser',
      model: 'm',
      watts: ['a', 'b'],
      temperature: [],
      people: ['c'],
    })
    expect(parseReplayOptions(['--appliance', 'air conditioner', '--watts', 'a']).kind).toBe('air_conditioner')
  })

  test.each([
    [[], '--appliance is missing'],
    [['--appliance', 'toaster', '--watts', 'a'], 'expected one of fridge'],
    [['--appliance', 'fridge'], 'at least one of'],
    [['--appliance', 'fridge', '--volts', 'a'], '--volts'],
    [['--appliance', 'fridge', '--watts'], '--watts'],
    [['--appliance', 'fridge', '--watts', 'a', 'b'], "'b'"],
  ])('%j are refused in one line', (args, message) => {
    expect(() => parseReplayOptions(args)).toThrow(message)
    expect(() => parseReplayOptions(args)).not.toThrow('\n')
  })
})
