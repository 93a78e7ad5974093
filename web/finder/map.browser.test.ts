import { PNG_TILE } from './test/tile.ts'
import { describe, expect, it } from 'vitest'
import { sampleStation } from './test/sample-stations.ts'
import { useFinder } from './test/use-finder.ts'

const PATIENCE = { timeout: 10_000 }
const finder = useFinder()

/** Where a place of latitude and longitude lies in Web Mercator, in pixels of a zoom; tiles are 256 pixels wide. */
function mercatorPx([latDeg, lngDeg]: readonly [number, number], zoom: number): [number, number] {
  const size = 256 * 2 ** zoom
  const sine = Math.sin((latDeg * Math.PI) / 180)
  return [((lngDeg + 180) / 360) * size, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size]
}

// The public algorithm at Jiefangbei: WGS-84 29.557, 106.577 lies at 29.554112, 106.580688 on GCJ-02 tiles.
const WGS: readonly [number, number] = [29.557, 106.577]
const GCJ: readonly [number, number] = [29.554112, 106.580688]

describe('tiles of another system', () => {
  it.each([
    { tileCrs: 'gcj02', at: GCJ },
    { tileCrs: 'wgs84', at: WGS },
  ] as const)('have the pin at the very pixel of the $tileCrs tile that shows its place', async ({ tileCrs, at }) => {
    const server = finder.server()
    server.answer.stations = [sampleStation({ id: 'one', latDeg: WGS[0], lngDeg: WGS[1] }, Date.now())]
    server.answer.config = { tileUrl: '/tiles/{z}/{x}/{y}.png', tileCrs }
    const page = await finder.open('/', { viewport: { width: 1_000, height: 700 } })
    await page.route('**/tiles/**', route => route.fulfill({ body: PNG_TILE, contentType: 'image/png' }))
    await page.reload()
    await page.waitForSelector('.map-tiles img.leaflet-tile-loaded')
    await page.locator('[data-station=one] a').click()
    await page.waitForSelector('.pin-chosen')
    // Where the pin's middle is, measured from the corner of a tile whose number says where on earth it lies.
    const offset = () =>
      page.evaluate(() => {
        const pin = document.querySelector('.pin-chosen')?.getBoundingClientRect()
        const tile = [...document.querySelectorAll<HTMLImageElement>('.map-tiles img.leaflet-tile-loaded')].pop()
        const corner = tile?.getBoundingClientRect()
        const [z = 0, x = 0, y = 0] = (/tiles\/(\d+)\/(\d+)\/(\d+)/.exec(tile?.src ?? '') ?? []).slice(1).map(Number)
        if (pin === undefined || corner === undefined) return undefined
        const scale = 256 / corner.width
        return {
          z,
          pinX: x * 256 + (pin.x + pin.width / 2 - corner.x) * scale,
          pinY: y * 256 + (pin.y + pin.height / 2 - corner.y) * scale,
        }
      })
    await expect.poll(async () => (await offset())?.z ?? 0, PATIENCE).toBeGreaterThan(12)
    await expect
      .poll(async () => {
        const found = await offset()
        if (found === undefined) return Number.NaN
        const [x, y] = mercatorPx(at, found.z)
        return Math.hypot(found.pinX - x, found.pinY - y)
      }, PATIENCE)
      .toBeLessThan(1.5)
  })
})

describe('clusters', () => {
  it('come apart where they are tapped: the map asks for that part, nearer', async () => {
    const server = finder.server()
    server.answer.stations = [sampleStation({ id: 'one' }, Date.now())]
    server.answer.clusters = [{ latDeg: 29.56, lngDeg: 106.57, count: 34, open: 20, zoom: 16 }]
    const page = await finder.open('/?lang=en')
    await page.waitForSelector('.cluster')
    expect(await page.locator('.cluster').getAttribute('title')).toBe('34 stations, 20 to go to')
    const box = await page.locator('.cluster').boundingBox()
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(48)
    const nearer = page.waitForRequest(request => /\/view\?.*zoom=16/.test(request.url()))
    await page.locator('.cluster').click()
    await nearer
  })

  it('are asked for with the filters that the list has', async () => {
    finder.server().answer.stations = [sampleStation({ id: 'one' }, Date.now())]
    const page = await finder.open('/')
    await page.waitForSelector('.leaflet-marker-icon')
    const filtered = page.waitForRequest(request => /\/view\?.*f=open/.test(request.url()))
    await page.locator('[data-filter=open]').click()
    expect((await filtered).url()).toMatch(/zoom=\d/)
  })
})

describe('list and map', () => {
  it('show the same change of a pin that is looked at', async () => {
    const server = finder.server()
    const nowMs = Date.now()
    const one = sampleStation({ id: 'one' }, nowMs)
    server.answer.stations = [one]
    const page = await finder.open('/')
    await page.waitForSelector('.leaflet-marker-icon.pin-room')
    await expect.poll(() => server.looks.at(-1)?.box ?? null, PATIENCE).not.toBeNull()
    server.answer.stations = [{ ...one, space: { ...one.space, state: 'full', people: 12 } }]
    server.tellStations(server.answer.stations)
    await page.waitForSelector('.leaflet-marker-icon.pin-full')
    await page.waitForSelector('[data-station=one][data-space=full]')
  })

  it('offers to show the part of the map that was moved to, and asks for what is there', async () => {
    finder.server().answer.stations = [sampleStation({ id: 'one' }, Date.now())]
    const page = await finder.open('/?lang=en', { viewport: { width: 1_000, height: 700 } })
    await page.waitForSelector('.leaflet-marker-icon')
    const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('.station-map-canvas').boundingBox()) ?? {}
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2 - 150, y + height / 2, { steps: 5 })
    await page.mouse.up()
    finder.server().asked.length = 0
    await page.getByRole('button', { name: 'Show this area' }).click()
    await page.getByRole('heading', { level: 1, name: 'Stations in this part of the map' }).waitFor()
    await expect.poll(() => finder.server().asked.at(-1), PATIENCE).toMatch(/near\?lat=29\.\d{3}&lng=106\.\d{3}/)
  })
})

describe('a phone that slept', () => {
  it('catches up when it wakes: asks and looks again', async () => {
    const server = finder.server()
    const one = sampleStation({ id: 'one' }, Date.now())
    server.answer.stations = [one]
    const page = await finder.open('/')
    await page.waitForSelector('[data-station=one][data-space=free]')
    await expect.poll(() => server.looks.length, PATIENCE).toBeGreaterThan(0)
    const [asked, looks] = [server.asked.length, server.looks.length]
    // What changed meanwhile was told to nobody.
    server.answer.stations = [{ ...one, space: { ...one.space, state: 'full', people: 12 } }]
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.waitForSelector('[data-station=one][data-space=full]')
    expect(server.asked.length).toBeGreaterThan(asked)
    await expect.poll(() => server.looks.length, PATIENCE).toBeGreaterThan(looks)
  })
})
