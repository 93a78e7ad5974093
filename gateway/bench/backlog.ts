import { connectDevice } from '../test/support/devices.ts'
import { startServerDouble } from '../test/support/server-double.ts'
import { createGatewayProcess, fillOutbox, pause, percentile, plugs, say } from './rig.ts'

const DEVICES = 20
/** 7 days of 20 devices with a reading each 10 s: 7 * 86,400 / 10 * 20. */
const BACKLOG = 1_209_600
const LIMIT_MS = 20 * 60_000
/** A value that no reading of the backlog has. */
const LIVE_FROM = 10_000

/** How long a week's backlog takes, and what live readings wait meanwhile. */
export async function benchBacklog(): Promise<void> {
  const sentAtMs = new Map<number, number>()
  const delays: number[] = []
  const server = await startServerDouble({
    keepsPacks: false,
    onStored: ({ value }) => {
      const atMs = sentAtMs.get(value)
      if (atMs !== undefined) delays.push(performance.now() - atMs)
    },
  })
  const gateway = await createGatewayProcess(plugs(DEVICES))
  fillOutbox(gateway, DEVICES, BACKLOG)
  await gateway.launch(server.url)
  const startedAtMs = performance.now()
  const device = await connectDevice(gateway.lanUrl, 'live')
  let live = 0
  const talk = setInterval(() => {
    for (let n = 0; n < DEVICES; n += 1) {
      const value = LIVE_FROM + live
      live += 1
      sentAtMs.set(value, performance.now())
      device.publish(`tele/plug-${n}/SENSOR`, JSON.stringify({ ENERGY: { Power: value } }), { qos: 1 })
    }
  }, 1_000)
  while (server.stored.size - delays.length < BACKLOG && performance.now() - startedAtMs < LIMIT_MS) await pause(200)
  const elapsedS = (performance.now() - startedAtMs) / 1_000
  clearInterval(talk)
  await pause(2_500)
  const stored = server.stored.size - delays.length
  say(
    `backlog of ${BACKLOG} readings sent`,
    `${stored} in ${elapsedS.toFixed(0)} s (${(stored / elapsedS).toFixed(0)}/s)`,
  )
  say(`live readings meanwhile, ${DEVICES} a second: stored`, `${delays.length} of ${live}`)
  say(
    'their delay, median, 99 %, longest',
    `${[0.5, 0.99, 1].map(share => percentile(delays, share).toFixed(0)).join(', ')} ms`,
  )
  say('resident memory, peak', `${(gateway.memory().peakBytes / 1e6).toFixed(1)} MB`)
  say('one reading under two values', String(server.conflicts.length))
  await device.endAsync(true)
  await gateway.remove()
  await server.stop()
}
