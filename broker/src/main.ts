import { randomUUID } from 'node:crypto'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { createBroker } from './broker.ts'
import { readSettings } from './config.ts'

await runProcess('broker', process, async env => {
  const settings = readSettings(env)
  const log = pino({ level: settings.logLevel, name: 'broker' }, destination({ fd: 2, sync: true }))
  const broker = createBroker(settings.broker, {
    log,
    nowMs: Date.now,
    stopwatch: () => performance.now(),
    newId: randomUUID,
    onFatal: error => {
      log.fatal({ error: error.message }, 'the store failed; ending, for no message can be kept')
      process.exit(1)
    },
  })
  const listeners = await broker.start()
  return { listeners, stop: broker.stop }
})
