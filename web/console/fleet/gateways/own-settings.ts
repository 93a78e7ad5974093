import type { ExplainedConfig } from '@harbor/protocol'

/** What a person may set of a config by hand, in the order of the text. */
const SETTINGS = ['timeZone', 'mqttUrl', 'lanPort', 'devices', 'mappings', 'cardReaders'] as const

/**
 * What is a gateway's own of its config, as JSON text to be edited: with a profile its overrides, without one its settings. What comes
 * from the server's defaults or the register is left out: written down, it would no longer follow them.
 *
 * @param explained the newest config; undefined: it was never given one
 */
export function ownText(explained: Pick<ExplainedConfig, 'source' | 'config' | 'origins'> | undefined): string {
  return `${JSON.stringify(ownSettings(explained), undefined, 2)}\n`
}

function ownSettings(explained: Pick<ExplainedConfig, 'source' | 'config' | 'origins'> | undefined): object {
  if (explained === undefined) return { devices: [] }
  const { source, config, origins } = explained
  if (source !== undefined) return source.overrides
  const ofDefault = new Set(origins.filter(({ from }) => from === 'default').map(({ path }) => path))
  const own = SETTINGS.filter(name => config[name] !== undefined && !ofDefault.has(`/${name}`))
  return {
    ...Object.fromEntries(own.map(name => [name, config[name]])),
    devices: config.devices.map(({ applianceKind: _, ...device }) => device),
  }
}
