import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HarborError, errorText, hasCode } from './errors.ts'
import { type ProcessHost, type RunningProcess, runProcess, startProblem } from './run-process.ts'

type ProcessEvent = Parameters<ProcessHost['on']>[0]

/** A process that writes down what is done to it. */
function fakeHost(env: ProcessHost['env'] = {}) {
  const listeners = new Map<ProcessEvent, () => void>()
  const seen = { out: '', err: '', exits: [] as number[] }
  const host: ProcessHost = {
    env,
    on: (event, listener) => listeners.set(event, listener),
    exit: code => seen.exits.push(code),
    stdout: { write: text => (seen.out += text) },
    stderr: { write: text => (seen.err += text) },
  }
  return { host, seen, listeners, emit: (event: ProcessEvent) => listeners.get(event)?.() }
}

const running = (stop: RunningProcess['stop'] = () => Promise.resolve()): RunningProcess => ({
  listeners: [
    { name: 'web', url: 'http://127.0.0.1:8080/' },
    { name: 'mqtt', url: 'mqtt://127.0.0.1:1883' },
  ],
  stop,
})

test('a start gets the environment, and each listener is one ready line', async () => {
  const { host, seen } = fakeHost({ HTTP_PORT: '0' })
  const start = vi.fn(() => Promise.resolve(running()))
  await runProcess('server', host, start)
  expect(start).toHaveBeenCalledWith({ HTTP_PORT: '0' })
  expect(seen).toEqual({
    out: 'ready web http://127.0.0.1:8080/\nready mqtt mqtt://127.0.0.1:1883\n',
    err: '',
    exits: [],
  })
})

describe('a stop', () => {
  test.each<ProcessEvent>(['SIGTERM', 'SIGINT', 'disconnect'])('comes by %s and ends with exit code 0', async event => {
    const { host, seen, emit } = fakeHost()
    await runProcess('server', host, () => Promise.resolve(running()))
    emit(event)
    await vi.waitFor(() => expect(seen.exits).toEqual([0]))
    expect(seen.err).toBe('')
  })

  test('happens once, however often it is asked for', async () => {
    const { host, seen, emit } = fakeHost()
    const stop = vi.fn(() => Promise.resolve())
    await runProcess('server', host, () => Promise.resolve(running(stop)))
    for (const event of ['SIGINT', 'SIGINT', 'SIGTERM', 'disconnect'] as const) emit(event)
    await vi.waitFor(() => expect(seen.exits).toEqual([0]))
    expect(stop).toHaveBeenCalledTimes(1)
  })

  test('that fails says so in one line, with exit code 1', async () => {
    const { host, seen, emit } = fakeHost()
    await runProcess('server', host, () => Promise.resolve(running(() => Promise.reject(new Error('disk full')))))
    emit('SIGTERM')
    await vi.waitFor(() => expect(seen.exits).toEqual([1]))
    expect(seen.err).toBe('server: stopping failed: disk full\n')
  })

  test('that hangs is cut after 3.5 s', async () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { host, seen, emit } = fakeHost()
    await runProcess('server', host, () => Promise.resolve(running(() => new Promise(() => {}))))
    emit('SIGTERM')
    await vi.advanceTimersByTimeAsync(3_499)
    expect(seen.exits).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(seen).toMatchObject({ exits: [1], err: 'server: stopping took longer than 3500 ms, cut\n' })
  })
})

describe('a start that fails', () => {
  const failed = async (error: unknown) => {
    const { host, seen, listeners } = fakeHost()
    await runProcess('server', host, () => Promise.reject(error as Error))
    return { ...seen, listeners: listeners.size }
  }

  test('is one line and exit code 1, and leaves no listener', async () => {
    expect(await failed(new Error('no such file\n    at open (file.js:1)'))).toEqual({
      out: '',
      err: 'server: no such file\n',
      exits: [1],
      listeners: 0,
    })
  })

  test('is one line with something in it, whatever was thrown', async () => {
    const messageArb = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '港') })
    const errorArb = fc.oneof(
      fc.anything(),
      messageArb.map(message => new Error(message)),
      messageArb.map(message => new HarborError('X', message)),
    )
    await fc.assert(
      fc.asyncProperty(errorArb, async error => {
        const { err, exits } = await failed(error)
        expect(err).toMatch(/^server: [^\n]*\S[^\n]*\n$/)
        expect(exits).toEqual([1])
      }),
    )
  })

  test.each([
    [
      { code: 'EADDRINUSE', port: 8080, address: '127.0.0.1' },
      'port 8080 on 127.0.0.1 is taken; stop what uses it or set another port',
    ],
    [{ code: 'EACCES', port: 80 }, 'port 80 needs more rights; set a port above 1023'],
    [{ code: 'EACCES' }, 'permission denied'],
  ])('for %o says what to do', (facts, line) => {
    expect(startProblem(Object.assign(new Error('permission denied'), facts))).toBe(line)
  })
})

describe('an error of ours', () => {
  test('is known by its code, and keeps cause and context', () => {
    const cause = new Error('below')
    const error = new HarborError('DISK_FULL', 'writing the outbox', { cause, context: { sizeBytes: 7 } })
    expect(error).toMatchObject({ code: 'DISK_FULL', message: 'writing the outbox', cause, context: { sizeBytes: 7 } })
    expect([hasCode(error, 'DISK_FULL'), hasCode(error, 'OTHER')]).toEqual([true, false])
    expect(hasCode(Object.assign(new Error('x'), { code: 'DISK_FULL' }), 'DISK_FULL')).toBe(false)
  })

  test('without a cause has none', () => {
    expect(Object.hasOwn(new HarborError('X', 'y'), 'cause')).toBe(false)
  })

  test.each([
    [new Error('text'), 'text'],
    ['text', 'text'],
    [undefined, 'undefined'],
  ])('the text of %o is %j', (thrown, text) => {
    expect(errorText(thrown)).toBe(text)
  })
})
