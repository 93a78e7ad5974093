import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launchChromium } from '../finder/test/phone.ts'

/*
 * `node scripts/make-preview-picture.ts` draws finder/public/preview.png anew: what messengers show beside a link to a
 * station without a photo. 1,200 by 630 pixels, as https://ogp.me and the messengers' own pages ask for.
 */
const SIZE = { width: 1_200, height: 630 }

const page = `<!doctype html>
<style>
  body { margin: 0; width: 1200px; height: 630px; background: #0b5350; color: #fff;
    font-family: 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif;
    display: flex; align-items: center; gap: 70px; padding: 0 90px; box-sizing: border-box; }
  svg { width: 300px; height: 300px; flex: none; }
  path { fill: none; stroke: #fff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
  h1 { margin: 0; font-size: 108px; line-height: 1.15; }
  h2 { margin: 6px 0 34px; font-size: 52px; font-weight: 500; }
  p { margin: 0; font-size: 36px; line-height: 1.5; color: #cfe9e3; }
</style>
<svg viewBox="4 5 24 21">
  <path d="M7 15.5 16 8l9 7.5M10.5 14v5.5h11V14" />
  <path d="M6.500 24c1.6 0 1.6-1.3 3.2-1.3s1.6 1.3 3.2 1.3 1.6-1.3 3.1-1.3 1.6 1.3 3.2 1.3 1.6-1.3 3.2-1.3 1.6 1.3 3.1 1.3" />
</svg>
<div><h1>劳动者港湾</h1><h2>Workers' Harbor</h2><p>歇脚 · 喝水 · 热饭 · 降温</p><p>rest · drink · eat · cool down</p></div>`

const browser = await launchChromium()
try {
  const tab = await browser.newPage({ viewport: SIZE })
  await tab.setContent(page)
  await writeFile(
    join(import.meta.dirname, '../finder/public/preview.png'),
    await tab.screenshot({ clip: { x: 0, y: 0, ...SIZE } }),
  )
} finally {
  await browser.close()
}
