import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useVisits } from './test/visits.ts'

/** The machine may be busy with other tests. */
const PATIENCE = { timeout: 10_000 }
const visits = useVisits()

describe('a report', () => {
  /** A photo as cameras make them, larger than it may travel. */
  const photoOf = async (page: Page, width: number, height: number) => {
    const address = await page.evaluate(
      ([w = 1, h = 1]) => {
        const canvas = document.createElement('canvas')
        canvas.width = w
        canvas.height = h
        const context = canvas.getContext('2d')
        for (let x = 0; x < 200; x += 1) {
          if (context === null) break
          context.fillStyle = `hsl(${x * 37} 80% 50%)`
          context.fillRect((x * w) / 200, 0, w / 200, h)
        }
        return canvas.toDataURL('image/jpeg', 0.95)
      },
      [width, height],
    )
    return { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(address.split(',')[1] ?? '', 'base64') }
  }

  it('goes from an appliance’s row with its photos, made small, and says that it arrived', async () => {
    const page = await visits.open('/s/rich')
    await page.getByRole('link', { name: 'Report a fault: Air conditioner' }).click()
    await page.getByRole('heading', { level: 1, name: 'Report or thank' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Something is broken' }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: 'Air conditioner' }).isChecked()).toBe(true)
    await page.getByLabel('Tell us more').fill('It blows warm & loud <b>')
    await page.getByRole('radio', { name: '4 stars' }).check()
    const photos = [await photoOf(page, 4_000, 3_000), await photoOf(page, 600, 800)]
    await page.locator('input[type=file]').setInputFiles(photos)
    await expect.poll(() => page.locator('.photo-row img').count(), PATIENCE).toBe(2)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you, we have it').waitFor()
    const [[key, report] = ['', undefined]] = [...visits.server.visitors.reports]
    expect(report).toMatchObject({
      station: 'rich',
      topic: 'broken',
      body: { appliance: 'rich-ac', text: 'It blows warm & loud <b>', stars: 4, photos: 2 },
    })
    expect([...visits.server.visitors.photos.keys()]).toEqual([`${key}/1`, `${key}/2`])
    const sizes = await page.evaluate(
      async all =>
        Promise.all(
          all.map(async base64 => {
            const bytes = Uint8Array.from(atob(base64), sign => sign.charCodeAt(0))
            const { width, height } = await createImageBitmap(new Blob([bytes]))
            return [width, height]
          }),
        ),
      [...visits.server.visitors.photos.values()].map(photo => photo.toString('base64')),
    )
    expect(sizes).toEqual([
      [1_600, 1_200],
      [600, 800],
    ])
  })

  it('asks for its topic before anything is sent', async () => {
    const page = await visits.open('/s/rich/report')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Please choose what it is about.').waitFor()
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('broken')
    expect(visits.server.visitors.posts).toBe(0)
  })

  it('written without a network is kept, and sent once by a later visit', async () => {
    const page = await visits.open('/s/rich/report?topic=dirty')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('Rich Harbor').waitFor()
    const photo = await photoOf(page, 300, 300)
    await visits.server.cut()
    await page.context().setOffline(true)
    await page.locator('input[type=file]').setInputFiles([photo])
    await page.locator('.photo-row img').waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Kept on this phone').waitFor()
    await visits.server.revive()
    await page.context().setOffline(false)
    await page.goto(`${visits.server.url}/mine`)
    await page.getByText('Received, nobody has looked yet').waitFor()
    expect([...visits.server.visitors.reports.values()].map(({ topic }) => topic)).toEqual(['dirty'])
    expect(visits.server.visitors.photos.size).toBe(1)
    await page.reload()
    await page.getByText('Received, nobody has looked yet').waitFor()
    expect(visits.server.visitors.posts).toBe(2)
  })

  it('shows what became of it, and asks whether it is fixed', async () => {
    const page = await visits.open('/s/rich/report?topic=broken&appliance=rich-ac')
    await page.getByRole('radio', { name: 'Air conditioner' }).waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you, we have it').waitFor()
    visits.server.visitors.status = { state: 'fixed', reply: 'New capacitor.' }
    await page.getByRole('link', { name: 'My reports' }).click()
    await page.getByText('New capacitor.').waitFor()
    expect(await page.locator('[data-report]').innerText()).toMatch(
      /Something is broken · Air conditioner[^]*Rich Harbor/,
    )
    await page.getByRole('button', { name: 'Not yet' }).click()
    await page.getByText('You said: not yet. Somebody will look again.').waitFor()
    expect(visits.server.visitors.fixed).toEqual([false])
    await page.getByRole('button', { name: /^Remove from this phone/ }).click()
    await page.getByText('None on this phone yet.').waitFor()
  })

  it('says when the server will never take it', async () => {
    visits.server.visitors.refuse = { status: 404 }
    const page = await visits.open('/s/gone/report?topic=other')
    await page.getByText('The station may have been taken down').waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).count()).toBe(0)
  })

  it('opens from the code on an appliance, by its tag', async () => {
    visits.server.visitors.appliances['CQ 42/ß'] = { id: 'rich-microwave', station: 'rich', kind: 'microwave' }
    const page = await visits.open(`/a/${encodeURIComponent('CQ 42/ß')}`)
    await page.getByRole('radio', { name: 'Microwave' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Microwave' }).isChecked()).toBe(true)
    await page.goto(`${visits.server.url}/a/nothing`)
    await page.getByRole('heading', { level: 1, name: 'This code is not known' }).waitFor()
  })
})
