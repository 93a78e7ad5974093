import type { StationDetail } from '@harbor/protocol'
import express from 'express'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Listening, createWebApp, listen } from '../http/http-server.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { createStaticWeb } from '../http/static-web.ts'
import type { StationEntry } from '../registry/directory.ts'
import { createPages } from './pages.ts'

const NOW_MS = Date.parse('2026-07-30T04:00:00.000Z') // a Thursday, noon in Shanghai
const INDEX = `<!doctype html>
<html lang="zh-CN">
  <head>
    <title>劳动者港湾</title>
    <meta
      name="description"
      content="附近"
    />
  </head>
  <body><div id="app"></div><noscript><p>list</p></noscript></body>
</html>`

function detail(id: string, changes: Partial<StationDetail> = {}): StationDetail {
  return {
    id,
    district: '500103',
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    nameZh: `港湾 ${id}`,
    nameEn: `Harbor ${id}`,
    addressZh: '解放碑 1 号',
    latDeg: 29.557,
    lngDeg: 106.577,
    facilities: ['seating', 'toilet'],
    opening: { state: 'open', changesAt: '2026-07-30T14:00:00.000Z' },
    space: { state: 'unknown' },
    hasSensors: false,
    said: [],
    appliances: [{ id: `${id}-fridge`, kind: 'fridge', state: 'working' }],
    readings: [],
    photos: [],
    plan: {
      validFrom: '2026-07-27',
      validUntil: '2026-09-30',
      week: Array.from({ length: 7 }, () => [{ from: 480, to: 1_320 }]),
      special: [{ date: '2026-08-01', kind: 'closure', stretches: [] }],
    },
    ...changes,
  }
}

/** What could break out of a page that is put together carelessly. */
const NASTY = `</script><script>alert(1)</script><b>"'&$&`

const details = new Map<string, StationDetail>(
  [
    detail('a'),
    detail('nasty', { nameZh: NASTY, nameEn: NASTY, addressZh: NASTY, hintZh: NASTY, phone: '023 6381 0000' }),
    detail('photo', { photos: ['/api/v1/photos/abc'], district: '500112', districtNameZh: '渝北区' }),
    ...Array.from({ length: 130 }, (_, number) =>
      detail(`m-${String(number).padStart(3, '0')}`, { district: '500113' }),
    ),
  ].map(station => [station.id, station]),
)
const stations = new Map(
  [...details].map(([id, { district, districtNameZh, districtNameEn }]): [string, StationEntry] => [
    id,
    { record: { id, district }, districtNameZh, districtNameEn } as unknown as StationEntry,
  ]),
)

let dir: string
let listening: Listening

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-pages-'))
  await mkdir(join(dir, 'finder'))
  await writeFile(join(dir, 'finder', 'index.html'), INDEX)
  listening = await serve()
})
afterAll(async () => {
  await listening?.stop()
  await rm(dir, { recursive: true, force: true })
})

async function serve(changes: { publicUrl?: string; webDir?: string } = {}): Promise<Listening> {
  const webDir = changes.webDir ?? dir
  const pages = createPages({
    directory: { publicStations: stations, publicIds: () => [...stations.keys()].sort(), stationRevision: () => 0 },
    detailOf: id => details.get(id),
    webDir,
    publicUrl: changes.publicUrl,
    timeZone: 'Asia/Shanghai',
    nowMs: () => NOW_MS,
  })
  const app = createWebApp({
    headers: securityHeaders(undefined),
    api: express.Router(),
    web: pages.use(createStaticWeb(webDir)),
  })
  return listen(app, { host: '127.0.0.1', port: 0 })
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, listening.url), { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** With a host of our own, which fetch does not allow. */
function getAs(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(listening.url)
    const asked = httpRequest({ port, host: '127.0.0.1', path, headers: { host } }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const jsonLd = (text: string) =>
  JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '') as Record<string, unknown>

describe("a station's page", () => {
  test('has its own title, description, canonical address and preview, in the language of the browser', async () => {
    const { status, text, headers } = await get('/s/a', { 'accept-language': 'en-GB,en;q=0.8,zh;q=0.4' })
    expect(status).toBe(200)
    expect(headers.get('vary')).toContain('Accept-Language')
    expect(text).toContain('<title>Harbor a · Workers&#39; Harbor</title>')
    expect(text).toContain('<html lang="en"')
    expect(text).toContain(`<link rel="canonical" href="${listening.url}s/a" />`)
    expect(text).toContain(`<meta property="og:image" content="${listening.url}preview.png" />`)
    expect(text).toContain('<meta property="og:title" content="Harbor a" />')
    expect(text).toMatch(/name="description" content="Yuzhong: a place for workers.*Today 08:00–22:00; Fridge\./)
    expect(text.match(/name="description"/g)).toHaveLength(1)
  })

  test.each([
    ['/s/a', undefined, '港湾 a · 劳动者港湾'],
    ['/s/a?lang=en', 'zh-CN', 'Harbor a'],
    ['/s/a?lang=zh', 'en', '港湾 a'],
    ['/s/a', 'fr', 'Harbor a'],
  ])('%s for a reader of %s is called %s', async (path, accepted, title) => {
    const { text } = await get(path, accepted === undefined ? {} : { 'accept-language': accepted })
    expect(text).toContain(`<title>${title}`)
  })

  test('shows its released photo in the preview', async () => {
    const { text } = await get('/s/photo')
    expect(text).toContain(`<meta property="og:image" content="${listening.url}api/v1/photos/abc" />`)
    expect(text).not.toContain('og:image:width')
  })

  test('tells search engines the place and its hours, closed days too', async () => {
    const data = jsonLd((await get('/s/a')).text)
    expect(data).toMatchObject({ '@type': 'Place', geo: { latitude: 29.557, longitude: 106.577 } })
    const hours = data['openingHoursSpecification'] as object[]
    expect(hours).toHaveLength(8)
    expect(hours[0]).toMatchObject({ dayOfWeek: 'https://schema.org/Monday', opens: '08:00', closes: '22:00' })
    expect(hours[7]).toMatchObject({ validFrom: '2026-08-01', opens: '00:00', closes: '00:00' })
  })

  test('cannot be broken out of by a name', async () => {
    for (const path of ['/s/nasty', '/s/nasty?lang=en', '/list/500103']) {
      const { text } = await get(path)
      expect(text).not.toContain('<script>alert')
      expect(text).not.toContain('<b>')
      expect(text).toContain('&lt;b&gt;&quot;&#39;&amp;$&amp;')
    }
    expect(jsonLd((await get('/s/nasty')).text)['name']).toBe(NASTY)
  })

  test('has the station itself for whoever has no JavaScript', async () => {
    const { text } = await get('/s/a')
    const without = /<noscript>(.*?)<\/noscript>/s.exec(text)?.[1] ?? ''
    for (const part of ['港湾 a', '08:00–22:00', '解放碑 1 号', 'uri.amap.com', '<p>list</p>'])
      expect(without).toContain(part)
  })

  test('that there is not is a 404 with the finder in it, and not for search engines', async () => {
    const { status, text, headers } = await get('/s/nowhere')
    expect([status, text]).toEqual([404, INDEX])
    expect(headers.get('x-robots-tag')).toBe('noindex')
  })

  test('is the static page when the finder is not built', async () => {
    const own = await serve({ webDir: join(dir, 'nothing') })
    const response = await fetch(new URL('/s/a', own.url))
    expect(response.status).toBe(503)
    await own.stop()
  })
})

describe('addresses in what we write', () => {
  test('are those of the setting, whatever host a request names', async () => {
    const own = await serve({ publicUrl: 'https://harbor.example' })
    const text = await (await fetch(new URL('/s/a', own.url))).text()
    expect(text).toContain('<link rel="canonical" href="https://harbor.example/s/a" />')
    await own.stop()
  })

  test('never hold a host that is none', async () => {
    for (const host of ['evil"><script>', 'a b', 'x'.repeat(300), 'a@b', '<>']) {
      const text = await getAs(host, '/s/a')
      expect(text).not.toContain(host)
      // Node itself turns some of them away, with nothing in the body.
      expect(text === '' || text.includes('<link rel="canonical" href="/s/a" />')).toBe(true)
    }
    expect(await getAs('harbor.example:8080', '/s/a')).toContain('href="http://harbor.example:8080/s/a"')
  })
})

describe('the plain list', () => {
  test('names every district with its stations, in both languages', async () => {
    const zh = (await get('/list?lang=zh')).text
    const en = (await get('/list?lang=en')).text
    for (const [text, name, count] of [
      [zh, '渝中区', '2 座'],
      [en, 'Yuzhong', '2 stations'],
      [en, 'Yuzhong', '130 stations'],
    ] as const) {
      expect(text).toContain(name)
      expect(text).toContain(count)
    }
    expect(en.replace('中文', '')).not.toMatch(/\p{Script=Han}/u)
  })

  test('shows hours today, facilities, appliances, telephone and ways, and of which minute it is', async () => {
    const { text, headers } = await get('/list/500103?lang=en')
    for (const part of [
      'Harbor a',
      'Open, until 22:00, by posted hours alone',
      '08:00–22:00',
      'seats, toilet',
      'Fridge (works)',
      'tel:02363810000',
      'https://uri.amap.com/navigation?to=106.580688%2C29.554112',
      'https://api.map.baidu.com/direction?',
      'https://apis.map.qq.com/uri/v1/routeplan?',
      'at 12:00',
    ]) {
      expect(text).toContain(part)
    }
    expect(headers.get('cache-control')).toBe('public, max-age=60')
  })

  test('comes in pages of 50, without losing or repeating one', async () => {
    const ids: string[] = []
    for (const page of [1, 2, 3]) {
      const { text } = await get(`/list/500113?page=${page}`)
      ids.push(...[...text.matchAll(/class="station" id="([^"]+)"/g)].map(match => match[1] ?? ''))
      expect(text).toContain(`第 ${page} 页，共 3 页`)
    }
    expect(ids).toHaveLength(130)
    expect(new Set(ids).size).toBe(130)
  })

  test.each(['0', '-1', '99', 'x', '1e9', ''])('takes a page of "%s" for one that there is', async page => {
    const { status, text } = await get(`/list/500113?page=${page}`)
    expect(status).toBe(200)
    expect(text).toContain('class="station"')
  })

  test('of a district without stations is a 404 that leads on', async () => {
    const { status, text } = await get('/list/999999')
    expect(status).toBe(404)
    expect(text).toContain('href="/list?lang=zh"')
  })
})

describe('search engines', () => {
  test('are told what not to read, and where the sitemap is', async () => {
    const { text } = await get('/robots.txt')
    expect(text).toContain('Disallow: /d/')
    expect(text).toContain(`Sitemap: ${listening.url}sitemap.xml`)
  })

  test('find every list and every station in the sitemap once', async () => {
    const index = (await get('/sitemap.xml')).text
    const files = [...index.matchAll(/<loc>([^<]+)<\/loc>/g)].map(match => new URL(match[1] ?? '').pathname)
    expect(files).toEqual(['/sitemap-1.xml'])
    const text = (await get('/sitemap-1.xml')).text
    const paths = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(match => new URL(match[1] ?? '').pathname)
    expect(paths.slice(0, 5)).toEqual(['/', '/list', '/list/500103', '/list/500112', '/list/500113'])
    expect(paths.slice(5)).toEqual([...details.keys()].sort().map(id => `/s/${id}`))
  })

  test.each(['/sitemap-2.xml', '/sitemap-0.xml', '/sitemap-x.xml', '/sitemap-99999.xml'])(
    '%s is not there',
    async path => {
      expect((await get(path)).status).toBe(404)
    },
  )

  test.each(['/s/a/report', '/a/CQ-42', '/d/a?c=abcdefghij', '/mine'])('do not index %s', async path => {
    const { status, headers, text } = await get(path)
    expect([status, text, headers.get('x-robots-tag')]).toEqual([200, INDEX, 'noindex'])
  })
})
