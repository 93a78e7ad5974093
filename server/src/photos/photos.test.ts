import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPhotoStore } from './photo-store.ts'
import { redrawPhoto } from './redraw.ts'
import { sniffPhoto } from './sniff.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-photos-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A picture of noise, so that it does not shrink to nothing. */
const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })

/** What a phone takes: a place, a camera, a time, words of its owner, and lying on its side. */
async function phonePhoto(): Promise<Buffer> {
  return noise(60, 30)
    .withExif({
      IFD0: { Make: 'PhoneMaker', Copyright: 'Zhang San' },
      IFD2: { DateTimeOriginal: '2026:11:23 08:00:00' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '29/1 33/1 30/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '106/1 34/1 12/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>13812345678</secret></x:xmpmeta>')
    .jpeg()
    .toBuffer()
}

test('nothing but pixels is left of a photo: no place, no camera, no words, no colour profile', async () => {
  const given = await phonePhoto()
  const before = await sharp(given).metadata()
  // The test's own photo does carry what is to be gone.
  expect([before.exif?.length, before.xmp?.length, before.orientation]).toEqual([
    expect.any(Number),
    expect.any(Number),
    6,
  ])
  expect(given.includes('PhoneMaker')).toBe(true)

  const kept = await redrawPhoto(given)
  const after = await sharp(kept).metadata()
  expect([after.format, after.exif, after.xmp, after.iptc, after.icc, after.orientation]).toEqual([
    'jpeg',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  for (const secret of ['PhoneMaker', 'Zhang San', '13812345678', 'GPS', 'Exif', '2026:11:23'])
    expect(kept.includes(secret)).toBe(false)
})

test('a photo that lies on its side is stood up', async () => {
  const { width, height } = await sharp(await redrawPhoto(await phonePhoto())).metadata()
  expect([width, height]).toEqual([30, 60])
})

test('what stands behind the end of a picture is not kept', async () => {
  const given = Buffer.concat([await noise(20, 20).jpeg().toBuffer(), Buffer.from('<script>alert(1)</script>')])
  expect((await redrawPhoto(given)).includes('script')).toBe(false)
})

test.each([
  ['png', () => noise(50, 40).png().toBuffer()],
  ['webp', () => noise(50, 40).webp().toBuffer()],
] as const)('a %s becomes a JPEG of the same size', async (_kind, make) => {
  const { format, width, height } = await sharp(await redrawPhoto(await make())).metadata()
  expect([format, width, height]).toEqual(['jpeg', 50, 40])
})

test('a large photo becomes 1,600 pixels on its longer side', async () => {
  const large = await sharp({ create: { width: 4_000, height: 3_000, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  const { width, height } = await sharp(await redrawPhoto(large)).metadata()
  expect([width, height]).toEqual([1_600, 1_200])
})

/** A PNG that claims a size and has next to nothing in it. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('a small file that claims many pixels is refused without being unpacked', async () => {
  const small = bomb(60_000, 60_000)
  expect(small.length).toBeLessThan(10_000)
  const before = process.memoryUsage().rss
  await expect(redrawPhoto(small)).rejects.toMatchObject({ code: 'too_large' })
  // Unpacked it would be 10 GB.
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
})

test.each([
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>')],
  ['GIF', Buffer.from('GIF89a\u0001\u0000\u0001\u0000')],
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
  ['an empty body', Buffer.alloc(0)],
  ['the first bytes of a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['a WebP without a picture', Buffer.from('RIFF\u0004\u0000\u0000\u0000WEBP')],
])('%s is no photo', async (_what, bytes) => {
  await expect(redrawPhoto(bytes)).rejects.toMatchObject({ code: 'wrong_media_type' })
})

test('half a photo is refused, not shown as half a picture', async () => {
  const whole = await noise(200, 200).jpeg().toBuffer()
  await expect(redrawPhoto(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ code: 'wrong_media_type' })
})

test('whatever the bytes, the answer is a picture or a refusal with a code', async () => {
  const heads = fc.constantFrom([0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [])
  await fc.assert(
    fc.asyncProperty(heads, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
      const bytes = Uint8Array.from([...head, ...tail])
      const answer = await redrawPhoto(bytes).then(sniffPhoto, (error: { code: string }) => error.code)
      expect(['jpeg', 'wrong_media_type', 'too_large']).toContain(answer)
    }),
    { numRuns: 60 },
  )
})

test('the same photo sent again is kept once, and its room is given back when it goes', async () => {
  const store = createPhotoStore({ folder, quotaBytes: 1e6 })
  await store.start()
  const photo = await phonePhoto()
  const [one, two] = await Promise.all([store.keep(photo), store.keep(photo)])
  expect(one).toBe(two)
  const files = async () => (await readdir(folder, { recursive: true })).filter(file => file.includes('.'))
  expect(await files()).toHaveLength(1)
  await store.release(one)
  expect(await files()).toHaveLength(2)
  await store.remove(one)
  expect(await files()).toEqual([])
  expect(store.usedBytes()).toBe(0)
  expect(await store.read(one)).toBeUndefined()
})

test('the public sees a photo from its release to its withdrawal, at most 1,280 pixels wide', async () => {
  const store = createPhotoStore({ folder, quotaBytes: 1e8 })
  await store.start()
  const wide = await sharp({ create: { width: 3_000, height: 100, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  const name = await store.keep(wide)
  expect(await store.readPublic(name)).toBeUndefined()
  await store.release(name)
  expect((await sharp(await store.readPublic(name)).metadata()).width).toBe(1_280)
  await store.withdraw(name)
  expect(await store.readPublic(name)).toBeUndefined()
  expect(await store.read(name)).toBeDefined()
})

test('with the quota used up a photo is refused in words that say so, also after a restart', async () => {
  const first = createPhotoStore({ folder, quotaBytes: 1_000 })
  await first.start()
  await first.keep(await noise(100, 100).jpeg().toBuffer())
  for (const store of [first, createPhotoStore({ folder, quotaBytes: 1_000 })]) {
    await store.start()
    await expect(store.keep(await noise(10, 10).jpeg().toBuffer())).rejects.toMatchObject({ code: 'no_room' })
  }
})

test('a name that is none opens no file', async () => {
  const store = createPhotoStore({ folder, quotaBytes: 1_000 })
  await expect(store.read('../../etc/passwd')).rejects.toMatchObject({ code: 'not_found' })
})
