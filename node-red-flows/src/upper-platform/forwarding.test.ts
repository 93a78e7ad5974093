import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import type { CloudEvent } from '@harbor/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { FORWARD_TABLE, createForwardBook } from '../ledger/forward-book.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { RETRY_AFTER_MS, createForwarding } from './forwarding.ts'

function event(id: string): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: 'urn:harbor:server',
    type: 'harbor.alert-raised',
    time: '2026-07-01T08:00:00.000Z',
    datacontenttype: 'application/json',
    data: { id },
  }
}

function book() {
  const dir = mkdtempSync(join(tmpdir(), 'harbor-forward-'))
  const ledger = openLedger(join(dir, 'automation.sqlite'))
  onTestFinished(() => {
    ledger.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return ledger.forwards
}

/** The platform above; answers what `status` says now. */
async function platform() {
  const state = { status: 200, taken: [] as string[], contentType: '', authorization: '' }
  const server = createServer((request, response) => {
    void text(request).then(body => {
      state.contentType = request.headers['content-type'] ?? ''
      state.authorization = request.headers.authorization ?? ''
      if (state.status < 300) state.taken.push((JSON.parse(body) as CloudEvent).id)
      response.writeHead(state.status).end()
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events` }
}

test('events go out oldest first, as CloudEvents, with the token', async () => {
  const { state, url } = await platform()
  const forwarding = createForwarding(book(), { url, token: 'secret' })
  for (const id of ['a', 'b', 'a', 'c']) forwarding.queue(event(id), 0)
  expect(await forwarding.sendDue(() => 0)).toEqual({ sent: 3, failed: 0, waiting: 0, dead: 0 })
  expect(state).toMatchObject({
    taken: ['a', 'b', 'c'],
    contentType: 'application/cloudevents+json; charset=utf-8',
    authorization: 'Bearer secret',
  })
})

test('an event that is not taken is tried again four times, each later than before, then it is a dead letter until it is sent again', async () => {
  const { state, url } = await platform()
  const forwarding = createForwarding(book(), { url })
  state.status = 503
  forwarding.queue(event('a'), 0)
  let nowMs = 0
  for (const pauseMs of RETRY_AFTER_MS) {
    expect(await forwarding.sendDue(() => nowMs)).toMatchObject({ failed: 1, waiting: 1, dead: 0, reason: 'HTTP 503' })
    expect(await forwarding.sendDue(() => nowMs + pauseMs - 1)).toMatchObject({ failed: 0, waiting: 1 })
    nowMs += pauseMs
  }
  expect(await forwarding.sendDue(() => nowMs)).toMatchObject({ failed: 1, waiting: 0, dead: 1 })
  expect(forwarding.deadLetters()).toMatchObject([
    { id: 'a', type: 'harbor.alert-raised', reason: 'HTTP 503', tries: 5 },
  ])
  state.status = 204
  expect(forwarding.resend(nowMs)).toBe(1)
  expect(await forwarding.sendDue(() => nowMs)).toEqual({ sent: 1, failed: 0, waiting: 0, dead: 0 })
  expect(state.taken).toEqual(['a'])
})

test('an event that the platform refuses holds up no other; a platform that is down is asked once a round', async () => {
  const { state, url } = await platform()
  const forwarding = createForwarding(book(), { url })
  for (const id of ['a', 'b', 'c']) forwarding.queue(event(id), 0)
  state.status = 422
  expect(await forwarding.sendDue(() => 0)).toMatchObject({ failed: 3 })
  state.status = 500
  expect(await forwarding.sendDue(() => RETRY_AFTER_MS[0])).toMatchObject({ failed: 1, waiting: 3 })
})

test('what waits and what is dead is bounded: the oldest give way', () => {
  const db = new DatabaseSync(':memory:')
  onTestFinished(() => db.close())
  db.exec(FORWARD_TABLE)
  const forwards = createForwardBook(db, { waiting: 10, dead: 3 })
  for (let n = 0; n < 12; n += 1) forwards.put(event(`e${n}`), n)
  expect(forwards.counts()).toEqual({ waiting: 10, dead: 2 })
  expect(forwards.dead().map(({ id }) => id)).toEqual(['e1', 'e0'])
  for (const { seq } of forwards.due(100)) forwards.failed(seq, 'refused', undefined)
  expect(forwards.counts()).toEqual({ waiting: 0, dead: 3 })
  expect(forwards.dead().map(({ id }) => id)).toEqual(['e11', 'e10', 'e9'])
})
