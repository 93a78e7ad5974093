import { existsSync } from 'node:fs'
import { join } from 'node:path'
import compression from 'compression'
import express, { type RequestHandler, type Router } from 'express'

/** A year: the name of a file below assets/ changes with what is in it. */
const HASHED_MAX_AGE_MS = 365 * 24 * 3_600_000

/** The built pages: the finder at `/`, the console at `/console/`, screens at `/display/`. `webDir` holds a folder for each of them. */
export function createStaticWeb(webDir: string): Router {
  const router = express.Router()
  router.use(compression())
  router.get('/console', (request, response, next) => {
    // The console's relative addresses start from the slash.
    if (request.path.endsWith('/')) next()
    else response.redirect(308, '/console/')
  })
  router.use('/console', page(join(webDir, 'console')))
  router.use('/display', page(join(webDir, 'display')))
  router.use('/', page(join(webDir, 'finder')))
  return router
}

/** One page: its files, and its index for every address that its own router knows. */
function page(dir: string): RequestHandler {
  const router = express.Router()
  router.use(
    '/assets',
    express.static(join(dir, 'assets'), { immutable: true, maxAge: HASHED_MAX_AGE_MS, index: false, redirect: false }),
  )
  router.use(
    express.static(dir, {
      index: 'index.html',
      redirect: false,
      cacheControl: false,
      setHeaders: response => response.setHeader('Cache-Control', 'no-cache'),
    }),
  )
  router.get('/{*rest}', (request, response) => {
    response.setHeader('Cache-Control', 'no-cache')
    // A missing script must be a 404: a page sent in its place fails in the browser without a word.
    if (/\.\w+$/.test(request.path)) {
      response.status(404).type('text/plain').send('not found\n')
      return
    }
    const index = join(dir, 'index.html')
    if (!existsSync(index)) {
      response.status(503).type('text/html').send(NOT_BUILT)
      return
    }
    response.sendFile(index, { cacheControl: false })
  })
  return router
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Not built yet</title>
<h1>The web pages are not built yet</h1>
<p>Run <code>npm run build</code> and load this page again. The server itself is up: see <a href="/healthz">/healthz</a>.</p>
<h1 lang="zh-CN">网页尚未构建</h1>
<p lang="zh-CN">请运行 <code>npm run build</code>，然后刷新本页。</p>
</html>
`
