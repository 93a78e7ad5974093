import type { GatewayConfig, ProfileOverrides } from '@harbor/protocol'
import { ApiProblem } from '../../errors.ts'
import type { ConfigBook, ConfigOrder, Tx } from '../config-book.ts'
import type { SoftwareBook } from '../firmware/software.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'
import { lossesOf } from '../profiles/config-losses.ts'
import type { ActiveRollout, Former } from './rollout-rows.ts'

export interface GiveDeps {
  book: ConfigBook
  configs: Pick<GatewayConfigs, 'make'>
  software: Pick<SoftwareBook, 'get'>
}

/** What a gateway was given, and what it had. */
export interface GivenNew {
  version: number
  former: Former
  /** Undefined: it was never given one by this server. */
  formerVersion: number | undefined
}

/** The gateway would lose something, and nobody said that it may. */
export class WouldLose extends Error {}

/**
 * Gives a gateway what a rollout brings.
 *
 * @throws ApiProblem where it cannot be issued, or WouldLose; the transaction is then to be undone.
 */
export async function giveNew(
  tx: Tx,
  { rollout, gateway }: { rollout: ActiveRollout; gateway: string },
  deps: GiveDeps,
): Promise<GivenNew> {
  const { book } = deps
  const latest = await book.latest(gateway, tx)
  const settings = await book.settings(tx, gateway)
  const { software } = await book.site(tx, gateway)
  const former: Former = { settings, source: latest?.source, software }
  const before: GatewayConfig = latest?.document ?? {
    ...(await book.draft(tx, gateway, settings)).document,
    version: 0,
  }
  const order = await orderFor(tx, { rollout, gateway, former }, deps)
  const { document } = await book.draft(tx, gateway, order.settings)
  const losses = rollout.mayLose ? [] : lossesOf(before, document)
  if (losses.length > 0) throw new WouldLose(losses.map(({ path }) => path).join(', '))
  const issued = await book.issue(tx, gateway, order)
  return { version: issued.document.version, former, formerVersion: latest?.document.version }
}

async function orderFor(
  tx: Tx,
  { rollout, gateway, former }: { rollout: ActiveRollout; gateway: string; former: Former },
  { configs, software: packages }: GiveDeps,
): Promise<ConfigOrder> {
  const { target, serverUrl, madeBy: by } = rollout
  const { settings, source } = former
  switch (target.kind) {
    case 'software': {
      const found = await packages.get(target.version)
      if (found === undefined) throw new ApiProblem('conflict', `there is no software ${target.version} any more`)
      const { version, sha256, path } = found
      await setSoftware(tx, gateway, { version, sha256, url: `${serverUrl}${path}` })
      return { settings, source, by }
    }
    case 'profile':
      return made(await configs.make(tx, gateway, target), by)
    case 'overrides': {
      if (source === undefined) throw new ApiProblem('conflict', `${gateway} has no profile to have overrides of`)
      const { profile, version } = source
      const overrides = overlaid(source.overrides, target.overrides)
      return made(await configs.make(tx, gateway, { profile, version, overrides }), by)
    }
  }
}

function made({ settings, source, problems }: Awaited<ReturnType<GatewayConfigs['make']>>, by: string): ConfigOrder {
  if (settings === undefined) throw new ApiProblem('conflict', problems.slice(0, 5).join('; '))
  return { settings, source, by }
}

/** Overrides laid over others: what is named is set, device by device, and the rest stays. */
export function overlaid(under: ProfileOverrides, over: ProfileOverrides): ProfileOverrides {
  const devices = { ...under.devices }
  for (const [key, change] of Object.entries(over.devices ?? {})) devices[key] = { ...devices[key], ...change }
  const named = new Set(over.extraDevices?.map(({ id }) => id))
  const extraDevices = [...(under.extraDevices ?? []).filter(({ id }) => !named.has(id)), ...(over.extraDevices ?? [])]
  const appliances = { ...under.appliances, ...over.appliances }
  return {
    ...under,
    ...over,
    ...(Object.keys(devices).length > 0 && { devices }),
    ...(extraDevices.length > 0 && { extraDevices }),
    ...(Object.keys(appliances).length > 0 && { appliances }),
  }
}

/** Gives a gateway its former again, under a new version: it takes nothing older. @throws ApiProblem where it no longer fits. */
export async function giveFormer(
  tx: Tx,
  { gateway, former, by }: { gateway: string; former: Former; by: string },
  { book }: Pick<GiveDeps, 'book'>,
): Promise<number> {
  await setSoftware(tx, gateway, former.software)
  const { document } = await book.issue(tx, gateway, { settings: former.settings, source: former.source, by })
  return document.version
}

async function setSoftware(tx: Tx, gateway: string, wanted: Former['software']): Promise<void> {
  if (wanted === undefined) {
    await tx.deleteFrom('gateway_software').where('gateway', '=', gateway).execute()
    return
  }
  const { version, url, sha256 } = wanted
  await tx
    .insertInto('gateway_software')
    .values({ gateway, version, url, sha256 })
    .onConflict(c => c.column('gateway').doUpdateSet({ version, url, sha256 }))
    .execute()
}
