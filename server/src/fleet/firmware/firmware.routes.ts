import {
  MAX_IMAGE_BYTES,
  MAX_SOFTWARE_BYTES,
  espManifestSchema,
  firmwareListSchema,
  firmwareQuerySchema,
  firmwareSchema,
  idSchema,
  sha256Schema,
  softwareListSchema,
  softwareQuerySchema,
  softwareSchema,
  versionNameSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { FirmwareBook } from './firmware.ts'
import type { SoftwareBook } from './software.ts'

const BYTES = 'application/octet-stream'
const TAR_GZ = 'application/gzip'
const bytesSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })
const TEAM = ['hardware', 'administrator'] as const
/** Named by its content, it never becomes another. */
const FOR_EVER = {
  cacheControl: 'private, max-age=31536000, immutable',
  headers: { 'X-Content-Type-Options': 'nosniff' },
}

/** Images for boards, and the software of gateways. They belong to no district: what one team supplies, every team uses. */
export function firmwareRoutes({ firmware, software }: { firmware: FirmwareBook; software: SoftwareBook }): Route[] {
  const named = z.object({ firmware: idSchema })
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/firmware',
      summary: 'Images for ESP boards, newest first.',
      allow: TEAM,
      response: firmwareListSchema,
      handle: async () => ({ body: { firmware: await firmware.list() } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/firmware',
      summary: 'Add an image for ESP boards, or one more part or chip of it.',
      allow: TEAM,
      query: firmwareQuerySchema,
      bytes: { types: [BYTES], maxBytes: MAX_IMAGE_BYTES, isStreamed: true },
      response: firmwareSchema,
      handle: async ({ query, stream, caller }) => ({
        body: await firmware.add(signedIn(caller), query, stream),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/fleet/firmware/{firmware}',
      summary: 'Take an image away.',
      allow: TEAM,
      params: named,
      handle: async ({ params, caller }) => {
        await firmware.remove(signedIn(caller), params.firmware)
        return {}
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/firmware/{firmware}/manifest.json',
      summary: 'An image as esp-web-tools reads it.',
      allow: TEAM,
      params: named,
      response: espManifestSchema,
      handle: async ({ params }) => ({ body: await firmware.manifest(params.firmware) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/firmware/{firmware}/parts/{sha256}',
      summary: "A part's bytes.",
      allow: TEAM,
      params: named.extend({ sha256: sha256Schema }),
      response: bytesSchema,
      textType: BYTES,
      handle: async ({ params }) => ({
        file: await firmware.partFile(params.firmware, params.sha256),
        ...FOR_EVER,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/software',
      summary: "Versions of the gateways' software, newest first.",
      allow: TEAM,
      response: softwareListSchema,
      handle: async () => ({ body: { software: await software.list() } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/fleet/software',
      summary: "Add a version of the gateways' software, a .tar.gz. A version is one thing for ever.",
      allow: TEAM,
      query: softwareQuerySchema,
      bytes: { types: [TAR_GZ], maxBytes: MAX_SOFTWARE_BYTES, isStreamed: true },
      response: softwareSchema,
      handle: async ({ query, stream, caller }) => ({
        body: await software.add(signedIn(caller), query, stream),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/fleet/software/{version}',
      summary: "Take a version of the gateways' software away.",
      allow: TEAM,
      params: z.object({ version: versionNameSchema }),
      handle: async ({ params, caller }) => {
        await software.remove(signedIn(caller), params.version)
        return {}
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/software-files/{sha256}',
      summary:
        "A package of the gateways' software. A gateway believes it by its SHA-256, which is in its signed config.",
      allow: 'anyone',
      params: z.object({ sha256: sha256Schema }),
      response: bytesSchema,
      textType: TAR_GZ,
      handle: async ({ params }) => ({ file: await software.file(params.sha256), ...FOR_EVER }),
    }),
  ]
}
