import { join } from 'node:path'
import { MAX_SOFTWARE_BYTES, type Person, type Software, softwareSchema } from '@harbor/protocol'
import { ApiProblem } from '../../errors.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { FileStore } from './file-store.ts'
import { createShelf } from './shelf.ts'

/** Versions of the gateways' software; chosen: years of them. */
const MAX_VERSIONS = 100

/** Packages of the gateways' own software. A version is one thing for ever: what a config names can never become another. */
export interface SoftwareBook {
  /** Newest first. */
  list: () => Promise<Software[]>
  /** What a rollout is to name; undefined when there is no such version. */
  get: (version: string) => Promise<Software | undefined>
  /** @throws ApiProblem `conflict`, and those of `FileStore.keep`. */
  add: (
    person: Person,
    wanted: { version: string; sha256?: string | undefined },
    stream: AsyncIterable<Uint8Array>,
  ) => Promise<Software>
  /** @throws ApiProblem `not_found` */
  remove: (person: Person, version: string) => Promise<void>
  /** Where a package is. @throws ApiProblem `not_found` */
  file: (sha256: string) => Promise<string>
}

export interface SoftwareDeps {
  db: RegistryDb
  files: FileStore
  nowMs: () => number
}

export function createSoftwareBook(folder: string, { db, files, nowMs }: SoftwareDeps): SoftwareBook {
  const shelf = createShelf(join(folder, 'versions'), softwareSchema)
  const taken = (version: string) =>
    new ApiProblem('conflict', `version ${version} is there with other content; give the new one another name`)

  return {
    list: async () => (await shelf.list()).toSorted((a, b) => b.addedAt.localeCompare(a.addedAt)),
    get: version => shelf.get(version),

    add: async (person, { version, sha256: expected }, stream) => {
      const known = await shelf.get(version)
      if (known !== undefined && expected !== undefined && expected !== known.sha256) throw taken(version)
      if (known === undefined && (await shelf.list()).length >= MAX_VERSIONS)
        throw new ApiProblem('no_room', `there are ${MAX_VERSIONS} versions; take some away first`)
      const { sha256, sizeBytes } = await files.keep(gzipOnly(stream), {
        maxBytes: MAX_SOFTWARE_BYTES,
        sha256: expected,
      })
      return shelf.inTurn(async () => {
        const before = await shelf.get(version)
        if (before?.sha256 === sha256) return before
        if (before !== undefined) {
          if (!(await shelf.list()).some(other => other.sha256 === sha256)) await files.remove(sha256)
          throw taken(version)
        }
        const added: Software = {
          version,
          sha256,
          sizeBytes,
          path: `/api/v1/fleet/software-files/${sha256}`,
          addedAt: new Date(nowMs()).toISOString(),
          addedBy: person.login,
        }
        await shelf.put(version, added)
        await db.transaction().execute(tx =>
          recordFleetAct(tx, {
            act: 'firmware-added',
            atMs: nowMs(),
            by: person.login,
            detail: { software: version, sizeBytes, sha256 },
          }),
        )
        return added
      })
    },

    remove: (person, version) =>
      shelf.inTurn(async () => {
        const stored = await shelf.get(version)
        if (stored === undefined) throw new ApiProblem('not_found', `there is no version ${version}`)
        await db.transaction().execute(tx =>
          recordFleetAct(tx, {
            act: 'firmware-removed',
            atMs: nowMs(),
            by: person.login,
            detail: { software: version },
          }),
        )
        await shelf.remove(version)
        if (!(await shelf.list()).some(({ sha256 }) => sha256 === stored.sha256)) await files.remove(stored.sha256)
      }),

    file: async sha256 => {
      const file = await files.pathOf(sha256)
      if (file === undefined) throw new ApiProblem('not_found', 'there is no such package')
      return file
    },
  }
}

/** RFC 1952, 2.3.1: a file that begins otherwise is none, and no gateway could open it. */
async function* gzipOnly(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array()
  for await (const chunk of stream) {
    if (head !== undefined) {
      head = Buffer.concat([head, chunk])
      if (head.length < 2) continue
      if (head[0] !== 0x1f || head[1] !== 0x8b) throw new ApiProblem('invalid_request', 'body: expected a .tar.gz')
      yield head
      head = undefined
    } else yield chunk
  }
  if (head !== undefined && head.length > 0) throw new ApiProblem('invalid_request', 'body: expected a .tar.gz')
}
