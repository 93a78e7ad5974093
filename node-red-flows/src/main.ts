import { fileURLToPath } from 'node:url'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readConfig } from './config.ts'
import { readCredentialSecret } from './credential-secret.ts'
import { createNodeRedHost } from './node-red-host.ts'
import { nodeRedSettings } from './settings.ts'
import { createSignIn } from './sign-in.ts'

await runProcess('node-red', process, async env => {
  const config = readConfig(env)
  const log = pino({ name: 'node-red', level: config.logLevel }, destination({ fd: 2, sync: true }))
  const credentialSecret = await readCredentialSecret(config.secretsDir)
  const signIn = createSignIn(config.serverOrigin, log)
  const host = createNodeRedHost(
    {
      host: config.host,
      port: config.port,
      userDir: config.userDir,
      firstFlowFile: fileURLToPath(new URL('../flows/flows.json', import.meta.url)),
    },
    nodeRedSettings({ userDir: config.userDir, credentialSecret, signIn, log }),
  )
  const url = await host.start()
  return { listeners: [{ name: 'node-red', url }], stop: host.stop }
})
