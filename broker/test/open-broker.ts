// `npm run -s open -w broker -- [PORT] [TLS_PORT]` starts a broker on 127.0.0.1 that lets anybody in, in a folder of its own that goes
// with it, over TCP and TLS: for suites that look at MQTT itself and know nothing of accounts, such as Eclipse Paho's.
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { createBroker } from '../src/broker.ts'
import { openCaFolder } from '../src/ca/ca-folder.ts'
import { DEFAULT_LIMITS } from '../src/engine/limits.ts'

await runProcess('open-broker', process, async () => {
  const [mqttPort = 1883, mqttsPort = 8883] = process.argv.slice(2).map(Number)
  const directory = await mkdtemp(join(tmpdir(), 'harbor-open-broker-'))
  const secretsDir = join(directory, 'secrets')
  await mkdir(secretsDir)
  for (const name of ['mqtt-server', 'mqtt-node-red']) await writeFile(join(secretsDir, name), randomUUID())
  const ca = openCaFolder(join(directory, 'ca'), () => new Date())
  await ca.init('An open broker')
  await ca.issueServer(['localhost', '127.0.0.1'])
  const certificate = join(directory, 'ca', 'server.pem')
  const broker = createBroker(
    {
      host: '127.0.0.1',
      mqttPort,
      webPort: 0,
      tls: {
        files: { certificate, key: certificate, clientCa: undefined, revocations: undefined },
        mqttsPort,
        wssPort: 0,
      },
      directory: join(directory, 'broker'),
      secretsDir,
      limits: DEFAULT_LIMITS,
      isOpenToAnybody: true,
    },
    {
      log: pino({ name: 'open-broker' }, destination({ fd: 2, sync: true })),
      nowMs: Date.now,
      stopwatch: () => performance.now(),
      newId: randomUUID,
      onFatal: error => {
        throw error
      },
    },
  )
  const listeners = await broker.start()
  const stop = async () => {
    await broker.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return { listeners: [...listeners, { name: 'ca', url: `file://${directory}/ca/ca.pem` }], stop }
})
