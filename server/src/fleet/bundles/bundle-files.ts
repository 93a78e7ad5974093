import { createHash } from 'node:crypto'
import {
  BUNDLE_CA,
  BUNDLE_CLAIM,
  BUNDLE_FOLDER,
  BUNDLE_MANIFEST,
  BUNDLE_WIFI,
  type BundleClaim,
  type BundleManifest,
} from '@harbor/protocol'
import { bundleReadme } from './bundle-readme.ts'
import type { ZipEntry } from './zip.ts'

/** A box to be: its token and the place that it takes. */
export interface BundleBox {
  token: string
  expiresAtMs: number
  station: string
  nameZh: string
  nameEn: string
  gateway: string | undefined
}

/** What all boxes of a bundle have in common. */
export interface BundleFacts {
  serverUrl: string
  allowHttp: boolean
  /** PEM; undefined: the server's certificates are those that every machine trusts. */
  ca: string | undefined
  /** A connection of NetworkManager; undefined: none was given. */
  wifi: string | undefined
  serverVersion: string
  madeAtMs: number
}

/** The files of a bundle: `harbor/…` for one box, a folder for each of several. A box's manifest comes after what it lists. */
export function bundleFiles(boxes: readonly BundleBox[], facts: BundleFacts): ZipEntry[] {
  const [only, ...more] = boxes
  if (only !== undefined && more.length === 0) return cardFiles(only, facts, `${BUNDLE_FOLDER}/`)
  const taken = new Map<string, number>()
  return boxes.flatMap(box => {
    const plain = box.gateway ?? box.station
    const count = (taken.get(plain) ?? 0) + 1
    taken.set(plain, count)
    // Underscores are in no id, so a second box of a station meets no other's folder.
    return cardFiles(box, facts, `${count === 1 ? plain : `${plain}_${count}`}/${BUNDLE_FOLDER}/`)
  })
}

function cardFiles(box: BundleBox, facts: BundleFacts, folder: string): ZipEntry[] {
  const { token, station, gateway, nameZh, nameEn } = box
  const { serverUrl, allowHttp, ca, wifi } = facts
  const expiresAt = new Date(box.expiresAtMs).toISOString()
  const claim: BundleClaim = { token, serverUrl, allowHttp }
  const card = { station, nameZh, nameEn, gateway, serverUrl, expiresAt, hasWifi: wifi !== undefined }
  const texts: [name: string, text: string][] = [
    ['README.txt', bundleReadme(card)],
    [BUNDLE_CLAIM, json(claim)],
    ...(ca === undefined ? [] : [[BUNDLE_CA, ca] as [string, string]]),
    ...(wifi === undefined ? [] : [[BUNDLE_WIFI, wifi] as [string, string]]),
  ]
  const files = texts.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }))
  const manifest: BundleManifest = {
    format: 'harbor-bundle/1',
    madeAt: new Date(facts.madeAtMs).toISOString(),
    serverVersion: facts.serverVersion,
    station,
    ...(gateway !== undefined && { gateway }),
    expiresAt,
    files: files.map(({ name, bytes }) => ({
      name,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  }
  return [...files, { name: BUNDLE_MANIFEST, bytes: new TextEncoder().encode(json(manifest)) }].map(
    ({ name, bytes }) => ({ path: folder + name, bytes }),
  )
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
