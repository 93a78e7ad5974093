import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launchChromium } from '../finder/test/phone.ts'

/**
 * `node scripts/make-icons.ts`: draws finder/public/icon.svg as the PNG files that phones want for their home screens, into
 * finder/public/icons/. Run it when the drawing changes; the files are committed.
 */
const PUBLIC = resolve(import.meta.dirname, '../finder/public')
/** A launcher may cut a maskable icon to a circle of 80 % of its width (W3C Web App Manifest, "safe zone"). */
const SAFE_SHARE = 0.72
const ICONS = [
  { name: 'icon-192', size: 192, maskable: false },
  { name: 'icon-512', size: 512, maskable: false },
  { name: 'icon-maskable-512', size: 512, maskable: true },
  // Apple draws no transparency: its icon fills the square and is rounded by the phone.
  { name: 'apple-touch-icon', size: 180, maskable: true },
]

const drawing = readFileSync(join(PUBLIC, 'icon.svg'), 'utf8')
const ground = /<rect[^>]*fill="(?<colour>#\w+)"/.exec(drawing)?.groups?.['colour'] ?? '#0b5350'
mkdirSync(join(PUBLIC, 'icons'), { recursive: true })

const browser = await launchChromium()
try {
  for (const { name, size, maskable } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    const inner = maskable ? Math.round(size * SAFE_SHARE) : size
    await page.setContent(
      `<style>body{margin:0;display:grid;place-items:center;height:${size}px;background:${maskable ? ground : 'transparent'}}` +
        `svg{width:${inner}px;height:${inner}px}</style>${drawing}`,
    )
    await page.screenshot({ path: join(PUBLIC, 'icons', `${name}.png`), omitBackground: true })
    await page.close()
  }
} finally {
  await browser.close()
}
