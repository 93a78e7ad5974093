import { type ConfigText, type ConfigTextCheck, type Person, profileOverridesSchema } from '@harbor/protocol'
import { configSettingsSchema } from '../config-document.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'
import { checkText } from './check-text.ts'

/**
 * What is written of one gateway: its faults by line, or what it would make of the gateway.
 *
 * @throws ApiProblem `not_found`
 */
export async function checkConfigText(
  configs: Pick<GatewayConfigs, 'checkReach' | 'preview' | 'previewByHand'>,
  person: Person,
  { gateway, text, profile, version }: ConfigText & { gateway: string },
): Promise<ConfigTextCheck> {
  await configs.checkReach(person, gateway)
  if (profile === undefined) {
    const { value, problems } = checkText(text, configSettingsSchema)
    if (value === undefined) return { problems }
    return { problems, preview: await configs.previewByHand(person, gateway, value) }
  }
  const { value: overrides, problems } = checkText(text, profileOverridesSchema)
  if (overrides === undefined) return { problems }
  return { problems, preview: await configs.preview(person, gateway, { profile, version, overrides }) }
}
