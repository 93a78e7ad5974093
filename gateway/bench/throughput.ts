import { connectDevice } from '../test/support/devices.ts'
import { startServerDouble } from '../test/support/server-double.ts'
import { createGatewayProcess, percentile, plugs, say, until } from './rig.ts'

const DEVICES = 40
const TICK_MS = 20

/** Messages of one value at a fixed rate, whatever the gateway does: its backlog, its delay and its share of a core. */
export async function benchThroughput({ rate, seconds }: { rate: number; seconds: number }): Promise<void> {
  const sentAtMs = new Map<string, number>()
  const delays: number[] = []
  const server = await startServerDouble({
    keepsPacks: false,
    onStored: ({ device, value }) => {
      const atMs = sentAtMs.get(`${device}:${value}`)
      if (atMs !== undefined) delays.push(performance.now() - atMs)
    },
  })
  const gateway = await createGatewayProcess(plugs(DEVICES))
  await gateway.launch(server.url)
  const devices = await Promise.all(Array.from({ length: DEVICES }, (_, n) => connectDevice(gateway.lanUrl, `d${n}`)))
  const cpuBeforeMs = gateway.cpuMs()
  const startedAtMs = performance.now()
  let sent = 0
  let confirmed = 0
  const backlogs: number[] = []
  await new Promise<void>(resolve => {
    const talk = setInterval(() => {
      const elapsedMs = performance.now() - startedAtMs
      const due = Math.min(rate * seconds, Math.floor((elapsedMs * rate) / 1_000))
      for (; sent < due; sent += 1) {
        const n = sent % DEVICES
        const value = Math.floor(sent / DEVICES)
        sentAtMs.set(`plug-${n}:${value}`, performance.now())
        const payload = JSON.stringify({ ENERGY: { Power: value } })
        devices[n]?.publish(`tele/plug-${n}/SENSOR`, payload, { qos: 1 }, error => {
          if (!error) confirmed += 1
        })
      }
      backlogs.push(sent - server.stored.size)
      if (sent < rate * seconds) return
      clearInterval(talk)
      resolve()
    }, TICK_MS)
  })
  const cpuMs = gateway.cpuMs() - cpuBeforeMs
  const atEnd = sent - server.stored.size
  const elapsedMs = performance.now() - startedAtMs
  const isAll = await until(() => server.stored.size >= sent, 30_000)
  const quarter = Math.floor(backlogs.length / 4)
  const [second, last] = [backlogs.slice(quarter, 2 * quarter), backlogs.slice(-quarter)]
  say(
    `messages a second for ${seconds} s, QoS 1, ${DEVICES} devices`,
    `${((sent / elapsedMs) * 1_000).toFixed(0)} offered`,
  )
  say(
    'confirmed to the devices, stored at the server',
    `${confirmed}, ${server.stored.size} of ${sent}${isAll ? '' : ' (NOT ALL)'}`,
  )
  say(
    'on the way, median of the second and of the last quarter',
    `${percentile(second, 0.5)}, ${percentile(last, 0.5)}; ${atEnd} at the end`,
  )
  say(
    'from device to server, median, 99 %, longest',
    `${[0.5, 0.99, 1].map(share => percentile(delays, share).toFixed(0)).join(', ')} ms`,
  )
  say('share of one core', `${((cpuMs / elapsedMs) * 100).toFixed(0)} %`)
  say('resident memory, peak', `${(gateway.memory().peakBytes / 1e6).toFixed(1)} MB`)
  await Promise.all(devices.map(device => device.endAsync(true)))
  await gateway.remove()
  await server.stop()
}
