import { EventEmitter } from 'node:events'
import { topics } from '@harbor/protocol'
import type { Client, ConnectPacket } from 'aedes'
import { expect, it } from 'vitest'
import type { Account } from '../authority/account.ts'
import { createGatekeeper } from './gatekeeper.ts'
import { DEFAULT_LIMITS } from './limits.ts'

const own = { district: '500103', gateway: 'gw-1' }
const other = { district: '500103', gateway: 'gw-2' }
const account: Account = { kind: 'gateway', address: own }

/** A gatekeeper that has admitted one client as gw-1, as far as the gatekeeper sees a client. */
function setUp() {
  const gatekeeper = createGatekeeper(DEFAULT_LIMITS, {
    verifyCertificate: () => 'wrong_secret',
    verify: () => account,
    newId: () => 'new',
    onConnected: () => undefined,
    onReceived: () => undefined,
    onRefused: () => undefined,
    onHeldBack: () => undefined,
    stopwatch: () => 0,
    take: () => false,
  })
  const conn = new EventEmitter()
  const client = { conn, subscriptions: {} } as unknown as Client
  const packet = { cmd: 'connect', clientId: 'a', clean: false, protocolVersion: 4 } as ConnectPacket
  gatekeeper.hooks.preConnect(client, packet, () => undefined)
  Object.assign(client, { id: packet.clientId })
  return { gatekeeper, client, conn }
}

it('hands a client only what its account may read, whatever subscription it came by', () => {
  const { gatekeeper, client } = setUp()
  const forward = (to: Client, topic: string) => gatekeeper.hooks.authorizeForward(to, { topic })
  expect(forward(client, topics.ack(own))).toEqual({ topic: topics.ack(own) })
  expect(forward(client, topics.ack(other))).toBeNull()
  expect(forward(client, topics.event('500103', 'alert-raised'))).toBeNull()
  expect(forward({} as Client, topics.ack(own))).toBeNull()
})

it('knows the clients of an account until their connections are gone', () => {
  const { gatekeeper, client, conn } = setUp()
  expect(gatekeeper.clientsOf('gw-1')).toEqual([client])
  expect(gatekeeper.isGranted('gw-1/a', topics.ack(own))).toBe(true)
  expect(gatekeeper.isGranted('gw-1/a', topics.ack(other))).toBe(false)
  expect(gatekeeper.isGranted('gw-1/b', topics.ack(own))).toBe(false)
  conn.emit('close')
  expect(gatekeeper.clientsOf('gw-1')).toEqual([])
  expect(gatekeeper.isGranted('gw-1/a', topics.ack(own))).toBe(false)
})
