import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readConfig } from './config.ts'
import { readCredentialSecret } from './credential-secret.ts'
import { createNodeRedHost } from './node-red-host.ts'
import { createAutomation } from './runtime/automation.ts'
import { installFlows } from './runtime/install-flows.ts'
import { nodeRedSettings } from './settings.ts'
import { createSignIn } from './sign-in.ts'

await runProcess('node-red', process, async env => {
  const config = readConfig(env)
  const { userDir, isReadOnly, serverOrigin } = config
  const log = pino({ name: 'node-red', level: config.logLevel }, destination({ fd: 2, sync: true }))
  await mkdir(userDir, { recursive: true, mode: 0o700 })
  const credentialSecret = await readCredentialSecret(config.secretsDir)
  const shippedFile = fileURLToPath(new URL('../flows/flows.json', import.meta.url))
  if (!isReadOnly && (await installFlows(shippedFile, userDir)) === 'kept')
    log.warn(
      'the flows that ship are newer, and yours were changed: yours run; flows.shipped.json in the user folder has ours',
    )
  // The flow file holds no destination: its nodes read these of the environment, as Node-RED has it.
  Object.assign(env, config.flowEnv)

  const automation = createAutomation(config.automation, { nowMs: Date.now, log })
  const host = createNodeRedHost(
    {
      host: config.host,
      port: config.port,
      onFlows: disabledTabs => {
        automation.states.setDisabled(disabledTabs)
        for (const { id, state, reason } of automation.states.list()) log.info({ flow: id, state, reason }, 'flow')
      },
    },
    nodeRedSettings({
      userDir,
      flowFile: isReadOnly ? shippedFile : 'flows.json',
      isReadOnly,
      toolkit: automation.toolkit,
      credentialSecret,
      signIn: createSignIn({ serverOrigin, isReadOnly }, log),
      log,
    }),
  )
  try {
    const url = await host.start()
    automation.start()
    const stop = async () => {
      await host.stop()
      await automation.stop()
    }
    return { listeners: [{ name: 'node-red', url }], stop }
  } catch (error) {
    await automation.stop()
    throw error
  }
})
