import type { ApplianceKind, CommandAction, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** What a program may switch: never a fridge, whose food and medicine spoil, nor a microwave, which somebody stands at. */
const KINDS: readonly ApplianceKind[] = ['air_conditioner', 'water_dispenser']

/**
 * Whether a program may have this done by itself.
 *
 * @throws ApiProblem `not_found`, also for another's district; `forbidden` for any other appliance, for a device on none, and for giving free
 * what a gateway cut: that takes somebody who has looked at it.
 */
export async function checkMayAutomate(
  db: RegistryDb,
  person: Person,
  { device, action }: { device: string; action: CommandAction },
): Promise<void> {
  const row = await db
    .selectFrom('device')
    .innerJoin('gateway', 'gateway.id', 'device.gateway')
    .leftJoin('appliance', 'appliance.id', 'device.appliance')
    .select('appliance.kind')
    .where('device.id', '=', device)
    .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no device ${device} in your districts`)
  if (action === 'safety-reset')
    throw new ApiProblem('forbidden', 'a plug that its gateway cut is given free by a person who has looked at it')
  if (row.kind === null || !KINDS.includes(row.kind))
    throw new ApiProblem(
      'forbidden',
      `automation switches ${KINDS.join(' and ')} alone; this is ${row.kind ?? 'neither'}`,
    )
}
