import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { STAFF_NAMESPACE, type StaffEvents, type StaffRequests } from '@harbor/protocol'
import { type DefaultEventsMap, Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { STATION, alert, station } from '../test/fixture-data.ts'
import { overview } from '../test/fixture-management.ts'
import { type LiveListeners, createLiveClient } from './live-client.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')

/** A real server and a client of it, both gone when the test ends. */
async function openLive({ isAllowed }: { isAllowed: boolean } = { isAllowed: true }) {
  const http = createServer()
  const server = new Server<StaffRequests, StaffEvents, DefaultEventsMap>(http, { serveClient: false })
  const staff = server.of(STAFF_NAMESPACE)
  const watched: (string | null)[] = []
  const lookedOver: (string | null)[] = []
  staff.use((_socket, next) => next(isAllowed ? undefined : new Error('not_signed_in')))
  staff.on('connection', socket => {
    socket.on('watch', id => watched.push(id))
    socket.on('look_over', region => lookedOver.push(region))
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}${STAFF_NAMESPACE}`
  const listeners = {
    onAlert: vi.fn<LiveListeners['onAlert']>(),
    onWorkOrder: vi.fn<LiveListeners['onWorkOrder']>(),
    onFeedback: vi.fn<LiveListeners['onFeedback']>(),
    onChanged: vi.fn<LiveListeners['onChanged']>(),
    onNotice: vi.fn<LiveListeners['onNotice']>(),
    onFleet: vi.fn<LiveListeners['onFleet']>(),
    onReadings: vi.fn<LiveListeners['onReadings']>(),
    onOverview: vi.fn<LiveListeners['onOverview']>(),
    onConnected: vi.fn<LiveListeners['onConnected']>(),
    onRefused: vi.fn<LiveListeners['onRefused']>(),
  }
  const options = { autoConnect: false, transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 20 }
  const live = createLiveClient({ makeSocket: () => connect(url, options), now: () => NOW, listeners })
  onTestFinished(async () => {
    live.stop()
    live.stop()
    await server.close()
  })
  return { live, listeners, staff, watched, lookedOver, server }
}
const connected = (live: { status: () => { state: string } }) =>
  vi.waitFor(() => expect(live.status().state).toBe('connected'), { timeout: 5_000 })

describe('the live client', () => {
  it('hands on alerts, and readings of the watched station alone', async () => {
    const { live, listeners, staff, watched } = await openLive()
    live.watch(STATION)
    live.start()
    await vi.waitFor(() => expect(watched).toEqual([STATION]))
    const { readings } = station(STATION, NOW)
    staff.emit('readings', { station: 'another', readings })
    staff.emit('readings', { station: STATION, readings })
    staff.emit('alert', alert('a', NOW))
    await vi.waitFor(() => expect(listeners.onAlert).toHaveBeenCalledWith(alert('a', NOW)))
    expect(listeners.onReadings.mock.calls).toEqual([[{ station: STATION, readings }]])
  })

  it('knows when it lost the server, comes back by itself, and watches again', async () => {
    const { live, listeners, staff, watched } = await openLive()
    const states: string[] = []
    live.subscribe(() => states.push(live.status().state))
    live.watch(STATION)
    live.start()
    await connected(live)
    await vi.waitFor(() => expect(watched).toHaveLength(1))
    // Closes the transport beneath, as a broken network would.
    for (const socket of staff.sockets.values()) socket.conn.close()
    await vi.waitFor(() => expect(listeners.onConnected).toHaveBeenCalledTimes(2), { timeout: 5_000 })
    expect(states).toEqual(['connected', 'lost', 'connected'])
    await vi.waitFor(() => expect(watched).toEqual([STATION, STATION]))
  })

  it('hands on the counts of the region that is looked over, and not those of the one before', async () => {
    const { live, listeners, staff, lookedOver } = await openLive()
    live.lookOver('500103')
    live.start()
    await vi.waitFor(() => expect(lookedOver).toEqual(['500103']))
    live.lookOver('')
    await vi.waitFor(() => expect(lookedOver).toEqual(['500103', '']))
    const { at, counts, parts } = overview(NOW)
    staff.emit('overview', { at, counts, parts, region: '500103' })
    staff.emit('overview', { at, counts, parts })
    await vi.waitFor(() => expect(listeners.onOverview).toHaveBeenCalled())
    expect(listeners.onOverview.mock.calls).toEqual([[{ at, counts, parts }]])
  })

  it('says when the server refuses it: the session may be over', async () => {
    const { live, listeners } = await openLive({ isAllowed: false })
    live.start()
    await vi.waitFor(() => expect(listeners.onRefused).toHaveBeenCalled(), { timeout: 5_000 })
    expect(live.status()).toEqual({ state: 'lost', sinceMs: NOW })
  })

  it('has everything fetched again for an event that it cannot read', async () => {
    const { live, listeners, staff } = await openLive()
    live.start()
    await connected(live)
    staff.emit('alert', { id: 'from a newer server' } as never)
    await vi.waitFor(() => expect(listeners.onConnected).toHaveBeenCalledTimes(2))
    expect(listeners.onAlert).not.toHaveBeenCalled()
  })

  it('hears nothing more after stop', async () => {
    const { live, listeners, staff } = await openLive()
    live.start()
    await connected(live)
    live.stop()
    await vi.waitFor(() => expect(staff.sockets.size).toBe(0))
    expect(listeners.onConnected).toHaveBeenCalledOnce()
  })
})
