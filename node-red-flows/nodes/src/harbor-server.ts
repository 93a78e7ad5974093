import { errorText } from '@harbor/protocol'
import { z } from 'zod'
import { readConnectionSettings } from './connection-settings.ts'
import type { NodeConfig, RedApi } from './node-red-api.ts'
import { createServerConnection } from './server-connection.ts'
import type { HarborServerNode } from './server-node.ts'

const configSchema = z.object({
  url: z.string().catch(''),
  tokenFile: z.string().catch(''),
  mqttUrl: z.string().catch(''),
  mqttSecretFile: z.string().catch(''),
})

/** The connection that other nodes share. Its secrets are credentials of the runtime, or files whose paths the environment names. */
export function registerHarborServer(RED: RedApi): void {
  RED.nodes.registerType(
    'harbor-server',
    function construct(config: NodeConfig) {
      RED.nodes.createNode(this, config)
      const texts = configSchema.parse(config)
      const { token, mqttSecret } = this.credentials ?? {}
      const connection = createServerConnection(() => readConnectionSettings(texts, { token, mqttSecret }))
      ;(this as HarborServerNode).connection = connection
      connection.start().catch((error: unknown) => this.error(errorText(error)))
      this.on('close', (_removed, done) => {
        void connection
          .stop()
          .catch((error: unknown) => this.error(errorText(error)))
          .finally(done)
      })
    },
    { credentials: { token: { type: 'password' }, mqttSecret: { type: 'password' } } },
  )
}
