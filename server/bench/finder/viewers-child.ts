import { type Socket, io } from 'socket.io-client'
import type { PublicEvents, PublicRequests } from '@harbor/protocol'
import type { ViewerAnswer, ViewerOrder } from './messages.ts'

/* Pages of visitors: real socket.io clients, each looking at its own part of a city. */

const tell = (answer: ViewerAnswer) => process.send?.(answer)
const sockets: Socket<PublicEvents, PublicRequests>[] = []
let delaysMs: number[] = []
let messages = 0
let lost = 0
let isMeasuring = false

async function open({ url, looks, perSecond }: Extract<ViewerOrder, { kind: 'open' }>): Promise<void> {
  let failed = 0
  const opened: Promise<void>[] = []
  for (const look of looks) {
    const socket: Socket<PublicEvents, PublicRequests> = io(`${url}public`, {
      transports: ['websocket'],
      forceNew: true,
      // As the finder's pages come back.
      reconnectionDelay: 2_000,
      reconnectionDelayMax: 15_000,
      randomizationFactor: 1,
    })
    sockets.push(socket)
    socket.on('disconnect', () => (lost += 1))
    socket.on('stations', ({ stations }) => {
      if (!isMeasuring) return
      const now = Date.now()
      messages += 1
      for (const { space } of stations)
        if (space.countedAt !== undefined) delaysMs.push(now - Date.parse(space.countedAt))
    })
    opened.push(
      new Promise(resolve => {
        socket.on('connect_error', () => (failed += 1))
        socket.on('connect', () => socket.timeout(60_000).emit('look_packed', look, () => resolve()))
      }),
    )
    await new Promise(resolve => setTimeout(resolve, 1_000 / perSecond))
  }
  await Promise.all(opened)
  tell({ kind: 'opened', connected: sockets.filter(socket => socket.connected).length, failed })
}

process.on('message', (order: ViewerOrder) => {
  if (order.kind === 'open') open(order).catch(() => process.exit(1))
  if (order.kind === 'begin') isMeasuring = true
  if (order.kind === 'report') {
    isMeasuring = false
    tell({ kind: 'report', delaysMs, messages, lost, rssMb: Math.round(process.memoryUsage().rss / 1e6) })
    delaysMs = []
    messages = 0
  }
  if (order.kind === 'stop') {
    for (const socket of sockets) socket.disconnect()
    process.exit(0)
  }
})
