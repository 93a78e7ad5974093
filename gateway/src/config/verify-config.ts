import {
  CONFIG_JWS_ALGORITHM,
  CONFIG_JWS_TYPE,
  type GatewayConfig,
  type TrustedKeys,
  configDesiredSchema,
  errorText,
  hasCode,
  issueText,
  signedConfigSchema,
} from '@harbor/protocol'
import { gatewayError } from '../errors.ts'
import { checkConfig, unknownField } from './check-config.ts'

/** What a config that came over the wire is. */
export type Verdict =
  | { kind: 'accepted'; config: GatewayConfig }
  /** `version` as the document says it, believed or not, so that the answer can be matched; 0 when it says none. */
  | { kind: 'refused'; version: number; reason: string }

export interface Expectation {
  /** Undefined: none were ever given to this gateway. */
  keys: TrustedKeys | undefined
  gateway: string
}

/** Checks a config as it was sent, whole: who signed it, for whom it is, and every field of it. Never throws. */
export async function verifyConfig(bytes: Uint8Array, expected: Expectation): Promise<Verdict> {
  const jws = Buffer.from(bytes).toString('latin1').trim()
  try {
    const config = await verified(jws, expected)
    return { kind: 'accepted', config }
  } catch (error) {
    if (!hasCode(error, 'GATEWAY_CONFIG_INVALID')) throw error
    return { kind: 'refused', version: claimedVersion(jws), reason: error.message.slice(0, 500) }
  }
}

async function verified(jws: string, { keys, gateway }: Expectation): Promise<GatewayConfig> {
  if (!configDesiredSchema.safeParse(jws).success) throw refusal('expected a compact JWS of at most 200,000 characters')
  if (keys === undefined) throw refusal('this gateway has no trusted-keys.json and takes no config from afar')
  const { payload, kid } = await signedBy(jws, keys)
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch (cause) {
    throw refusal('what was signed is not JSON', cause)
  }
  const parsed = signedConfigSchema.safeParse(document)
  if (!parsed.success) throw refusal(issueText(parsed.error))
  const { issuedAtMs: _, ...content } = parsed.data
  if (content.gateway !== gateway) throw refusal(`it is for ${content.gateway}, this is ${gateway}`)
  const unknown = unknownField(document, parsed.data)
  if (unknown !== undefined) throw refusal(`${unknown}: this release does not know the field; update the gateway first`)
  // With the last key that can sign gone from it, no later config could ever undo this one.
  if (content.trustedKeys !== undefined && !content.trustedKeys.keys.some(key => key.kid === kid)) {
    throw refusal('trustedKeys: expected the key that signed this config among them')
  }
  return checkConfig(content, 'config')
}

async function signedBy(jws: string, { keys }: TrustedKeys): Promise<{ payload: Uint8Array; kid: string }> {
  // Loaded with the first signature: configs are rare, and a small box has 3 MB more.
  const { compactVerify, errors } = await import('jose')
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      header => {
        const key = keys.find(({ kid }) => kid === header.kid)
        if (key === undefined) throw refusal(`it is signed with a key that is not trusted (kid ${shown(header.kid)})`)
        return { ...key, alg: CONFIG_JWS_ALGORITHM }
      },
      { algorithms: [CONFIG_JWS_ALGORITHM] },
    )
    if (protectedHeader.typ !== CONFIG_JWS_TYPE) {
      throw refusal(`expected typ ${CONFIG_JWS_TYPE}, got ${shown(protectedHeader.typ)}`)
    }
    return { payload, kid: String(protectedHeader.kid) }
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refusal(`its signature does not hold: ${errorText(error)}`, error)
    throw error
  }
}

function shown(text: unknown): string {
  return typeof text === 'string' ? JSON.stringify(text.slice(0, 60)) : 'none'
}

function refusal(reason: string, cause?: unknown): Error {
  return gatewayError('GATEWAY_CONFIG_INVALID', reason, { cause })
}

/** What an unchecked JWS says that its version is. */
function claimedVersion(jws: string): number {
  try {
    const document: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())
    const parsed = signedConfigSchema.shape.version.safeParse((document as { version?: unknown } | null)?.version)
    return parsed.success ? parsed.data : 0
  } catch {
    return 0 // no JSON: it says nothing
  }
}
