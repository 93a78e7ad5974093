import { connectDevice } from '../test/support/devices.ts'
import { startServerDouble } from '../test/support/server-double.ts'
import { createGatewayProcess, fillOutbox, pause, plugs, say } from './rig.ts'

const DEVICES = 40
const BACKLOG = 100_000
const MEGABYTE = 1e6

/** Resident memory with 40 devices and a backlog of 100,000 readings: without an uplink, and while the backlog is sent. */
export async function benchMemory(): Promise<void> {
  const server = await startServerDouble({ keepsPacks: false })
  const gateway = await createGatewayProcess(plugs(DEVICES))
  // Before it, as on a box that has run: what Node makes of the sources is in its cache then, complete after the second.
  for (let n = 0; n < 2; n += 1) {
    await gateway.launch('mqtt://127.0.0.1:1')
    await pause(3_000)
    await gateway.end('SIGTERM')
  }
  fillOutbox(gateway, DEVICES, BACKLOG)

  const measure = async (what: string, mqttUrl: string, ms: number) => {
    await gateway.launch(mqttUrl)
    const devices = await Promise.all(Array.from({ length: DEVICES }, (_, n) => connectDevice(gateway.lanUrl, `d${n}`)))
    let count = 0
    const talk = setInterval(() => {
      for (const [n, device] of devices.entries()) {
        const energy = { Total: count / 1_000, Power: count % 2_000, Voltage: 220, Current: 1.5, Factor: 0.9 }
        device.publish(`tele/plug-${n}/SENSOR`, JSON.stringify({ ENERGY: energy }), { qos: 1 })
      }
      count += 1
    }, 1_000)
    let highest = 0
    for (const startedAtMs = performance.now(); performance.now() - startedAtMs < ms; await pause(500)) {
      highest = Math.max(highest, gateway.memory().nowBytes)
    }
    clearInterval(talk)
    const { nowBytes, peakBytes } = gateway.memory()
    const megabytes = [nowBytes, highest, peakBytes].map(bytes => `${(bytes / MEGABYTE).toFixed(1)} MB`)
    say(`resident memory, ${what}`, `${megabytes[0]} at the end, ${megabytes[1]} highest seen, ${megabytes[2]} peak`)
    await Promise.all(devices.map(device => device.endAsync(true)))
    await gateway.end('SIGTERM')
  }
  await measure('40 devices, 100,000 readings held, no uplink', 'mqtt://127.0.0.1:1', 60_000)
  await measure('the same, and the backlog is sent', server.url, 90_000)
  say('stored of 100,000 and what came meanwhile', String(server.stored.size))
  await gateway.remove()
  await server.stop()
}
