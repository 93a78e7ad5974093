import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gzip } from 'node:zlib'
import type { PackedBody } from '../http/packed-body.ts'
import { inSlices } from '../in-slices.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import { GEOJSON_TYPE, openFeature } from './geojson.ts'

const compressBrotli = promisify(brotliCompress)
const decompressBrotli = promisify(brotliDecompress)
const compressGzip = promisify(gzip)

/** Made anew at most this often: 200,000 stations take seconds of another core's time. */
const STANDS_MS = 60_000
/** 5 of 11 (chosen): of the whole country in seconds; better ones take minutes. */
const BROTLI_QUALITY = 5

/** All public stations for whoever wants them: GeoJSON, WGS-84, under a licence that it names. */
export interface OpenData {
  /** The same to the byte, and by its version, while no station changes. */
  stations: () => Promise<PackedBody>
}

export interface OpenDataDeps {
  directory: Pick<LiveDirectory, 'publicStations' | 'publicIds' | 'stationRevision'>
  /** A line that stands in the document. */
  licence: string
  nowMs: () => number
}

export function createOpenData({ directory, licence, nowMs }: OpenDataDeps): OpenData {
  let kept: { revision: number; atMs: number; packed: PackedBody } | undefined
  let making: Promise<PackedBody> | undefined

  const make = async (): Promise<PackedBody> => {
    const revision = directory.stationRevision()
    const atMs = nowMs()
    const parts: Buffer[] = []
    await inSlices(directory.publicIds(), id => {
      const entry = directory.publicStations.get(id)
      if (entry !== undefined)
        parts.push(Buffer.from(`${parts.length === 0 ? '' : ','}${JSON.stringify(openFeature(entry))}`))
    })
    const head = JSON.stringify({ type: 'FeatureCollection', licence }).slice(0, -1)
    const text = Buffer.concat([Buffer.from(`${head},"features":[`), ...parts, Buffer.from(']}')])
    const version = createHash('sha256').update(text).digest('base64url')
    if (kept?.packed.version === version) {
      kept = { ...kept, revision, atMs }
      return kept.packed
    }
    const br = await compressBrotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
    const packed: PackedBody = {
      version,
      type: GEOJSON_TYPE,
      br,
      gzip: await compressGzip(text),
      plain: () => decompressBrotli(br),
    }
    kept = { revision, atMs, packed }
    return packed
  }

  return {
    stations: async () => {
      const isCurrent = kept?.revision === directory.stationRevision()
      if (kept !== undefined && (isCurrent || nowMs() - kept.atMs < STANDS_MS)) return kept.packed
      // Whoever asks meanwhile waits for the same one.
      making ??= make().finally(() => (making = undefined))
      return making
    },
  }
}
