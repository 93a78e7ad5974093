import type { StationDetail } from '@harbor/protocol'
import compression from 'compression'
import express, { type Request, type Response, type Router } from 'express'
import { join } from 'node:path'
import { type ListedDirectory, createDistrictBook } from './district-book.ts'
import { type FinderIndex, createFinderIndex, withHead } from './finder-index.ts'
import { html } from './html.ts'
import { districtPage, districtsPage, noDistrictPage } from './list-pages.ts'
import { PAGE_LOCALES, pageLanguage } from './page-language.ts'
import { publicOrigin } from './public-origin.ts'
import { ADDRESSES_A_FILE, robots, sitemapFile, sitemapFiles, sitemapIndex } from './sitemap.ts'
import { stationCard } from './station-card.ts'
import { stationHead } from './station-head.ts'
import type { PageWords } from './station-words.ts'

export interface PagesDeps {
  directory: ListedDirectory
  detailOf: (station: string) => StationDetail | undefined
  /** The folder with the built `finder`. */
  webDir: string
  /** Where the finder is reached from outside, without a trailing slash; undefined: as each request says. */
  publicUrl: string | undefined
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
}

const STATIONS_A_PAGE = 50
/** How long a list may be shown again without asking: it says of which minute it is. */
const LIST_CACHE = 'public, max-age=60'
const SITEMAP_CACHE = 'public, max-age=3600'

/**
 * What is made here and not in the browser: heads of stations' pages for link previews and search engines, the plain list
 * for whoever has no JavaScript, robots.txt and the sitemap. What it does not answer goes on to the static pages.
 */
export function createPages(deps: PagesDeps): Router {
  const { directory, detailOf, publicUrl, nowMs } = deps
  const index = createFinderIndex(join(deps.webDir, 'finder', 'index.html'))
  const book = createDistrictBook(directory, nowMs)
  const router = express.Router({ caseSensitive: true })
  const wordsOf = (request: Request): PageWords => ({
    language: pageLanguage(request.query['lang'], request.headers['accept-language']),
    timeZone: deps.timeZone,
    nowMs: nowMs(),
  })
  const originOf = (request: Request) => publicOrigin(request, publicUrl)

  router.use(compression())
  router.get('/list', (request, response) => {
    sendList(response, districtsPage(book.districts(), wordsOf(request)))
  })
  router.get('/list/:district', (request, response) => {
    const words = wordsOf(request)
    const district = book.district(request.params.district)
    if (district === undefined) {
      response.status(404)
      sendList(response, noDistrictPage(words))
      return
    }
    const pages = Math.max(1, Math.ceil(district.stations.length / STATIONS_A_PAGE))
    const page = Math.min(pages, pageNumber(request.query['page']))
    const shown = district.stations.slice((page - 1) * STATIONS_A_PAGE, page * STATIONS_A_PAGE)
    const stations = shown.map(detailOf).filter(station => station !== undefined)
    sendList(response, districtPage({ district, stations, page, pages }, words))
  })
  router.get('/s/:station', async (request, response, next) => {
    const page = await index.read()
    if (page === undefined) {
      next()
      return
    }
    sendStation(response, page, {
      station: detailOf(request.params.station),
      origin: originOf(request),
      words: wordsOf(request),
    })
  })
  // Pages of what a visitor does: for the one who scanned a code, not for search engines.
  router.get(['/s/:station/report', '/a/:tag', '/d/:station', '/mine'], async (_request, response, next) => {
    await sendPrivate(response, index, next)
  })
  router.get('/robots.txt', (request, response) => {
    response.setHeader('Cache-Control', SITEMAP_CACHE)
    response.type('text/plain').send(robots(originOf(request)))
  })
  router.get('/sitemap.xml', (request, response) => {
    const files = sitemapFiles(book.addressCount())
    response.setHeader('Cache-Control', SITEMAP_CACHE)
    response.type('application/xml').send(sitemapIndex(originOf(request), files))
  })
  router.get('/sitemap-:file.xml', (request, response, next) => {
    const file = /^[1-9]\d{0,4}$/.test(request.params.file) ? Number(request.params.file) : 0
    const paths = file === 0 ? [] : book.addresses((file - 1) * ADDRESSES_A_FILE, ADDRESSES_A_FILE)
    if (paths.length === 0) {
      next()
      return
    }
    response.setHeader('Cache-Control', SITEMAP_CACHE)
    response.type('application/xml').send(sitemapFile(originOf(request), paths))
  })
  return router
}

interface StationAnswer {
  /** Undefined: there is none. */
  station: StationDetail | undefined
  origin: string
  words: PageWords
}

function sendStation(response: Response, page: string, { station, origin, words }: StationAnswer): void {
  response.setHeader('Cache-Control', 'no-cache')
  response.vary('Accept-Language')
  if (station === undefined) {
    response.status(404).type('text/html').setHeader('X-Robots-Tag', 'noindex')
    response.send(page)
    return
  }
  const { title, description, tags } = stationHead(station, origin, words)
  const lang = PAGE_LOCALES[words.language]
  // Asked for with the page, so that it is there when the script that shows it is.
  const preload = html`<link rel="preload" href="/api/v1/stations/${station.id}" as="fetch" crossorigin="anonymous" />`
  response.type('text/html').send(
    withHead(page, {
      lang,
      title,
      description,
      tags: html`${tags}${preload}`,
      withoutScript: html`<main lang="${lang}">${stationCard(station, words)}</main>`,
    }),
  )
}

async function sendPrivate(response: Response, index: FinderIndex, next: () => void): Promise<void> {
  const page = await index.read()
  if (page === undefined) {
    next()
    return
  }
  response.setHeader('Cache-Control', 'no-cache')
  response.setHeader('X-Robots-Tag', 'noindex')
  response.type('text/html').send(page)
}

function sendList(response: Response, text: string): void {
  response.setHeader('Cache-Control', LIST_CACHE)
  response.vary('Accept-Language')
  response.type('text/html').send(text)
}

function pageNumber(asked: unknown): number {
  return typeof asked === 'string' && /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1
}
