import { join } from 'node:path'
import {
  type EspManifest,
  type Firmware,
  type FirmwareQuery,
  MAX_IMAGE_BYTES,
  type Person,
  firmwareSchema,
} from '@harbor/protocol'
import { ApiProblem } from '../../errors.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { FileStore } from './file-store.ts'
import { createShelf } from './shelf.ts'

/** Images for boards; chosen: enough for every kind of board in a few versions. */
const MAX_IMAGES = 200
/** Parts of one chip's build: bootloader, partitions, boot_app0, application, a file system, and some room. */
const MAX_PARTS = 10

const storedSchema = firmwareSchema.omit({ manifestPath: true })

/** Images that boards are flashed with from a browser. */
export interface FirmwareBook {
  /** Newest first. */
  list: () => Promise<Firmware[]>
  /** @throws ApiProblem `conflict`, and those of `FileStore.keep`. */
  add: (person: Person, query: FirmwareQuery, stream: AsyncIterable<Uint8Array>) => Promise<Firmware>
  /** @throws ApiProblem `not_found` */
  remove: (person: Person, firmware: string) => Promise<void>
  /** @throws ApiProblem `not_found` */
  manifest: (firmware: string) => Promise<EspManifest>
  /** Where a part's bytes are. @throws ApiProblem `not_found` also for what is kept, but is no part of it. */
  partFile: (firmware: string, sha256: string) => Promise<string>
}

export interface FirmwareDeps {
  db: RegistryDb
  files: FileStore
  nowMs: () => number
}

export function createFirmwareBook(folder: string, { db, files, nowMs }: FirmwareDeps): FirmwareBook {
  const shelf = createShelf(join(folder, 'images'), storedSchema)
  const viewOf = (stored: Omit<Firmware, 'manifestPath'>): Firmware => ({
    ...stored,
    manifestPath: `/api/v1/fleet/firmware/${stored.firmware}/manifest.json`,
  })
  const known = async (firmware: string) => {
    const stored = await shelf.get(firmware)
    if (stored === undefined) throw new ApiProblem('not_found', `there is no firmware ${firmware}`)
    return stored
  }
  /** A file stays while any image has it as a part. */
  const forget = async (sha256s: readonly string[]) => {
    const kept = new Set((await shelf.list()).flatMap(partsOf))
    for (const sha256 of new Set(sha256s)) if (!kept.has(sha256)) await files.remove(sha256)
  }

  return {
    list: async () => (await shelf.list()).toSorted((a, b) => b.addedAt.localeCompare(a.addedAt)).map(viewOf),

    add: async (person, query, stream) => {
      const { firmware, name, version, chipFamily, offset } = query
      // What can be refused is refused before megabytes have come.
      checkSame(await shelf.get(firmware), query)
      if ((await shelf.list()).length >= MAX_IMAGES)
        throw new ApiProblem('no_room', `there are ${MAX_IMAGES} images; take some away first`)
      const { sha256, sizeBytes } = await files.keep(stream, { maxBytes: MAX_IMAGE_BYTES, sha256: query.sha256 })
      return shelf.inTurn(async () => {
        const before = await shelf.get(firmware)
        try {
          checkSame(before, query)
          const builds = withPart(before?.builds ?? [], chipFamily, { offset, sizeBytes, sha256 })
          const stored = {
            firmware,
            name,
            version,
            builds,
            addedAt: before?.addedAt ?? new Date(nowMs()).toISOString(),
            addedBy: before?.addedBy ?? person.login,
          }
          await shelf.put(firmware, stored)
          await db.transaction().execute(tx =>
            recordFleetAct(tx, {
              act: 'firmware-added',
              atMs: nowMs(),
              by: person.login,
              detail: { firmware, version, chipFamily, offset, sizeBytes, sha256 },
            }),
          )
          return viewOf(stored)
        } catch (error) {
          await forget([sha256])
          throw error
        }
      })
    },

    remove: (person, firmware) =>
      shelf.inTurn(async () => {
        const stored = await known(firmware)
        await db.transaction().execute(tx =>
          recordFleetAct(tx, {
            act: 'firmware-removed',
            atMs: nowMs(),
            by: person.login,
            detail: { firmware, version: stored.version },
          }),
        )
        await shelf.remove(firmware)
        await forget(partsOf(stored))
      }),

    manifest: async firmware => {
      const { name, version, builds } = await known(firmware)
      return {
        name,
        version,
        // A board with somebody else's settings on it is not the board of this image.
        new_install_prompt_erase: true,
        builds: builds.map(({ chipFamily, parts }) => ({
          chipFamily,
          parts: parts.map(({ sha256, offset }) => ({ path: `parts/${sha256}`, offset })),
        })),
      }
    },

    partFile: async (firmware, sha256) => {
      const isPart = partsOf(await known(firmware)).includes(sha256)
      const file = isPart ? await files.pathOf(sha256) : undefined
      if (file === undefined) throw new ApiProblem('not_found', `firmware ${firmware} has no such part`)
      return file
    },
  }
}

type Builds = Firmware['builds']

function partsOf({ builds }: { builds: Builds }): string[] {
  return builds.flatMap(({ parts }) => parts.map(({ sha256 }) => sha256))
}

function checkSame(before: { name: string; version: string } | undefined, { name, version }: FirmwareQuery): void {
  if (before === undefined || (before.name === name && before.version === version)) return
  throw new ApiProblem(
    'conflict',
    `this firmware is "${before.name}" ${before.version}; another version is another firmware`,
  )
}

/** @throws ApiProblem `conflict` where another part stands, or would be written over. */
function withPart(
  builds: Builds,
  chipFamily: Builds[number]['chipFamily'],
  part: Builds[number]['parts'][number],
): Builds {
  const parts = builds.find(build => build.chipFamily === chipFamily)?.parts ?? []
  const same = parts.find(({ offset }) => offset === part.offset)
  if (same !== undefined && same.sha256 === part.sha256) return builds
  const hit = parts.find(
    ({ offset, sizeBytes }) => offset < part.offset + part.sizeBytes && part.offset < offset + sizeBytes,
  )
  if (hit !== undefined)
    throw new ApiProblem('conflict', `offset ${part.offset}: lies over the part at ${hit.offset} of this image`)
  if (parts.length >= MAX_PARTS) throw new ApiProblem('conflict', `an image has at most ${MAX_PARTS} parts a chip`)
  const others = builds.filter(build => build.chipFamily !== chipFamily)
  const build = { chipFamily, parts: [...parts, part].sort((a, b) => a.offset - b.offset) }
  return [...others, build].sort((a, b) => a.chipFamily.localeCompare(b.chipFamily))
}
