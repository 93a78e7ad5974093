import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildConsole } from './test/built-console.ts'
import { STATION, alert, station } from './test/fixture-data.ts'
import { type Fixture, startFixture } from './test/fixture-server.ts'
import { accessibilityProblems, launchBrowser, openPhone, signIn } from './test/open-console.ts'

const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
const SOON = { timeout: 10_000 }

let built: Awaited<ReturnType<typeof buildConsole>>
let browser: Browser
let fixture: Fixture

beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildConsole(), launchBrowser()])
})
afterAll(async () => {
  await browser.close()
  await built.remove()
})
beforeEach(async () => {
  fixture = await startFixture(built.dir)
})
afterEach(() => fixture.close())

async function open(look: Parameters<typeof openPhone>[1] = LOOKS[0]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  return opened
}

describe.each(LOOKS)('on a phone, $locale, $colorScheme', look => {
  it('leads from sign-in to a live alert, its acknowledgement and its growing curve', async () => {
    const { page, problems } = await open(look)
    await page.goto(`${fixture.url}/console/alerts`)
    await page.locator('input[name=login]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])

    await signIn(page)
    await page.getByTestId('nothing-broken').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe(look.locale)
    expect(await accessibilityProblems(page)).toEqual([])

    await vi.waitFor(() => expect(fixture.liveCount()).toBe(1), SOON)
    fixture.pushAlert(alert('a1', Date.now()))
    const row = page.locator('[data-alert=a1]')
    await row.waitFor()
    const rule = look.locale === 'en' ? 'Fridge too warm' : '冰箱温度过高'
    expect(await page.getByTestId('announcer').textContent()).toContain(rule)
    expect(await row.textContent()).toContain('13.2 °C')
    expect(await row.getAttribute('data-state')).toBe('raised')
    expect(await accessibilityProblems(page)).toEqual([])

    await row.getByRole('button').click()
    await vi.waitFor(async () => expect(await row.getAttribute('data-state')).toBe('acknowledged'), SOON)

    await row.locator(`a[href$="/stations/${STATION}"]`).click()
    const chart = page.getByTestId('chart')
    await chart.locator('canvas').waitFor()
    const before = Number(await chart.getAttribute('data-points'))
    expect(before).toBeGreaterThan(20)
    await vi.waitFor(() => expect([...fixture.state.watched.values()]).toEqual([STATION]), SOON)
    fixture.pushReadings([
      {
        device: '500103-01-fridge-temp',
        appliance: `${STATION}-fridge`,
        metric: 'temperature',
        unit: 'Cel',
        value: 9.4,
        at: new Date().toISOString(),
      },
    ])
    await vi.waitFor(async () => expect(Number(await chart.getAttribute('data-points'))).toBe(before + 1), SOON)
    expect(await page.locator('[data-reading="500103-01-fridge-temp/temperature"]').textContent()).toContain('9.4 °C')
    await page.locator('summary').click()
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(10)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('signing in', () => {
  it('says what was wrong, and how long to wait after too many tries', async () => {
    const { page, problems } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page, 'not the password')
    await page.getByText('Login or password is wrong.').waitFor()
    fixture.state.refuseSignInsS = 2
    await signIn(page)
    await page.getByText(/Too many tries. Please wait \d sec./).waitFor()
    expect(await page.locator('button[type=submit]').isDisabled()).toBe(true)
    fixture.state.refuseSignInsS = undefined
    await page.getByText('You may try again now.').waitFor()
    await signIn(page)
    await page.getByTestId('nothing-broken').waitFor()
    expect(problems).toEqual([])
  })

  it('says when the server is away', async () => {
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await page.locator('input[name=login]').waitFor()
    await page.context().setOffline(true)
    await signIn(page)
    await page.locator('[role=alert] p').waitFor()
    expect(await page.getByText('The server does not answer.').isVisible()).toBe(true)
  })

  it('goes on to where the person wanted to go, and comes back there when the session ends', async () => {
    const { page } = await open(LOOKS[1])
    const wanted = `/console/stations/${STATION}?metric=power.all&range=6h`
    await page.goto(fixture.url + wanted)
    await signIn(page)
    await page.getByTestId('chart').locator('canvas').waitFor()
    expect(page.url()).toBe(fixture.url + wanted)
    // Four columns are the widest table: it scrolls by itself and does not widen the page.
    await page.locator('summary').click()
    expect(await accessibilityProblems(page)).toEqual([])
    fixture.state.isSessionOver = true
    await page.getByText('24 h', { exact: true }).click()
    await page.locator('input[name=login]').waitFor()
    await signIn(page)
    await page.getByTestId('chart').locator('canvas').waitFor()
    expect(new URL(page.url()).searchParams.get('range')).toBe('24h')
  })

  it('ends when the person signs out', async () => {
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    await page.getByRole('button', { name: /Settings and account/ }).click()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.locator('input[name=login]').waitFor()
    await page.goto(`${fixture.url}/console/stations`)
    await page.locator('input[name=login]').waitFor()
  })
})

describe('an empty system', () => {
  it('makes its first administrator, and takes no short password', async () => {
    fixture.state.needsFirstAdministrator = true
    const { page, problems } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await page.locator('input[name=code]').fill('WRONG')
    await page.locator('input[name=name]').fill('Li Mei')
    await page.locator('input[name=login]').fill('li-mei')
    await page.locator('input[name=password]').fill('short')
    await page.locator('button[type=submit]').click()
    await page.getByText('Too short: 5 characters so far').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('input[name=password]').fill('a quiet river at night')
    await page.locator('button[type=submit]').click()
    await page.getByText('The code is wrong.').waitFor()
    await page.locator('input[name=code]').fill('ABCD-EFGH')
    await page.locator('button[type=submit]').click()
    await page.getByTestId('nothing-broken').waitFor()
    expect(problems).toEqual([])
  })
})

describe('the alert list', () => {
  it('keeps the alert as it is when acknowledging fails, and says so', async () => {
    fixture.state.alerts = [alert('a1', Date.now())]
    fixture.state.acknowledgeStatus = 503
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    const row = page.locator('[data-alert=a1]')
    await row.getByRole('button').click()
    await row.getByText('Not acknowledged: The server has a problem.').waitFor()
    expect(await row.getAttribute('data-state')).toBe('raised')
  })

  it('keeps its filters in the address', async () => {
    const now = Date.now()
    fixture.state.alerts = [alert('a1', now), alert('a2', now, { severity: 'P1', applianceKind: 'microwave' })]
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    await page.locator('[data-alert=a2]').waitFor()
    await page.getByRole('button', { name: 'P2 Normal' }).click()
    await page.locator('[data-alert=a2]').waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?severity=P2')
    await page.getByLabel('Appliance', { exact: true }).selectOption('microwave')
    await page.getByTestId('no-match').waitFor()
    await page.reload()
    await page.getByTestId('no-match').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    expect(await page.locator('[data-alert]').count()).toBe(2)
  })

  it('says since when the live connection is lost, and catches up when it is back', async () => {
    const { page, problems } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    await vi.waitFor(() => expect(fixture.liveCount()).toBe(1), SOON)
    fixture.setLive(false)
    const bar = page.getByTestId('connection-bar')
    await bar.waitFor()
    expect(await bar.textContent()).toMatch(/lost since \d\d:\d\d/)
    expect(await accessibilityProblems(page)).toEqual([])
    fixture.state.alerts = [alert('missed', Date.now())]
    fixture.setLive(true)
    await page.locator('[data-alert=missed]').waitFor(SOON)
    await bar.waitFor({ state: 'detached' })
    expect(problems).toEqual([])
  })
})

describe.each(LOOKS)('the page of an alert, $locale, $colorScheme', look => {
  it('shows the trace, what is usual, what to check first, and lets a person silence it and open a maintenance window', async () => {
    const now = Date.now()
    const { evidence } = alert('a1', now)
    const duty = { ...evidence, norm: 5.1, from: new Date(now - 2_400_000).toISOString() }
    fixture.state.alerts = [
      alert('a1', now - 600_000, { evidence: duty }),
      alert('a0', now - 86_400_000, { state: 'resolved', resolvedAt: new Date(now - 80_000_000).toISOString() }),
    ]
    const { page, problems } = await open(look)
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    await page.locator('[data-alert=a1] h2 a').click()
    await page.waitForURL('**/console/alerts/a1')
    const isEn = look.locale === 'en'
    await page.getByRole('heading', { level: 1, name: isEn ? 'Fridge too warm' : '冰箱温度过高' }).waitFor()
    const trace = page.getByTestId('trace')
    await trace.locator('canvas').waitFor()
    expect(Number(await trace.getAttribute('data-points'))).toBeGreaterThan(20)
    expect(await trace.getAttribute('data-metric')).toBe('temperature')
    expect(await page.getByTestId('norm').textContent()).toBe('5.1 °C')
    expect(await page.getByTestId('evidence').textContent()).toContain(isEn ? 'usual 5.1 °C' : '平时 5.1 °C')
    expect(await page.locator('[data-part=check] li').allTextContents()).toContain(
      isEn ? 'Is the door shut?' : '冰箱门是否关严',
    )
    expect(await page.locator('[data-part=history] li').count()).toBe(2)
    expect(await page.locator('[data-part=history]').textContent()).toContain('李姐')
    expect(await page.locator('[data-part=earlier] [data-alert=a0]').count()).toBe(1)
    expect(await accessibilityProblems(page)).toEqual([])

    // By keyboard alone: open, fill in, send.
    const silence = page.locator('[data-form=silence]')
    await silence.locator('summary').press('Enter')
    await silence.locator('button[type=submit]').press('Enter')
    await silence.getByText(isEn ? 'Please give a reason.' : '请填写原因。').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await silence.locator('input[name=silence-reason]').fill('配件已订')
    await silence.locator('select').selectOption({ index: 3 })
    await silence.locator('input[name=silence-reason]').press('Enter')
    const silenced = page.locator('[data-part=silenced]')
    await silenced.waitFor()
    expect(await silenced.textContent()).toContain('配件已订')
    expect(Date.parse(fixture.state.alerts[0]?.silence?.until ?? '') - now).toBeGreaterThan(23.9 * 3_600_000)
    await page.locator('[data-change=silenced]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await silenced.getByRole('button').click()
    await silenced.waitFor({ state: 'detached' })

    const maintenance = page.locator('[data-form=maintenance]')
    await maintenance.locator('summary').click()
    await maintenance.locator('input[name=maintenance-reason]').fill('换压缩机')
    await maintenance.locator('button[type=submit]').click()
    await page.locator('[data-part=maintenance]').waitFor()
    expect(fixture.state.windows).toMatchObject([{ appliance: `${STATION}-fridge`, reason: '换压缩机' }])
    await page.locator('[data-part=maintenance]').getByRole('button').click()
    await maintenance.waitFor()
    expect(fixture.state.windows).toEqual([])
    expect(problems).toEqual([])
  })

  it('leads from what a cause explains to the cause, and back to all that it explains', async () => {
    const now = Date.now()
    const { appliance: _appliance, applianceKind: _kind, ...ofStation } = alert('cut', now - 600_000)
    const { device: _device, ...said } = ofStation.evidence
    fixture.state.alerts = [
      {
        ...ofStation,
        scope: 'station',
        rule: 'station_mains_failure',
        severity: 'P1',
        evidence: { ...said, metric: 'online', quantity: 'silent_share', unit: '%', threshold: 80, observed: 92 },
      },
      alert('child', now - 300_000, {
        state: 'suppressed',
        suppression: { cause: 'mains_failure', since: new Date(now - 300_000).toISOString(), alert: 'cut' },
      }),
    ]
    const { page, problems } = await open(look)
    await page.goto(`${fixture.url}/console/alerts/child`)
    await signIn(page)
    await page.getByTestId('explained').waitFor()
    expect(await page.getByRole('button', { name: /^(Acknowledge|确认)/ }).count()).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('explained').getByRole('link').click()
    await page.locator('[data-part=explains] [data-alert=child]').waitFor()
    expect(await page.getByTestId('evidence').textContent()).toContain('92%')
    await page.getByTestId('trace').locator('canvas').waitFor()
    expect(await page.getByTestId('trace').getAttribute('data-metric')).toBe('power')
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('an alert that nobody need act on', () => {
  it('is in the list when it is asked for, and the address says so', async () => {
    const now = Date.now()
    const silence = {
      since: new Date(now).toISOString(),
      until: new Date(now + 3_600_000).toISOString(),
      isFlapping: false,
    }
    fixture.state.alerts = [
      alert('open', now),
      alert('quiet', now, { silence: { ...silence, by: '王师傅', reason: 'x' } }),
      alert('flapping', now, { silence: { ...silence, isFlapping: true } }),
      alert('child', now, { state: 'suppressed', suppression: { cause: 'gateway_offline', since: silence.since } }),
    ]
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts`)
    await signIn(page)
    await page.locator('[data-alert=open]').waitFor()
    const shown = () => page.locator('[data-alert]').evaluateAll(all => all.map(one => one.getAttribute('data-alert')))
    expect((await shown()).sort()).toEqual(['flapping', 'open'])
    expect(await page.locator('[data-alert=flapping] [data-note=flapping]').count()).toBe(1)
    await page.getByRole('button', { name: 'Silenced' }).click()
    await page.locator('[data-alert=quiet] [data-note=silenced]').waitFor()
    await page.getByRole('button', { name: 'Explained by a cause' }).click()
    await page.locator('[data-alert=child] [data-note=suppressed]').waitFor()
    expect(new URL(page.url()).searchParams.get('show')).toBe('silenced,suppressed')
    expect(await accessibilityProblems(page)).toEqual([])
    await page.reload()
    await page.locator('[data-alert=child]').waitFor()
    expect(await page.locator('[data-alert]').count()).toBe(4)
  })

  it('a keeper acknowledges, and is offered nothing that keeps others from being told', async () => {
    fixture.state.role = 'keeper'
    fixture.state.alerts = [alert('a1', Date.now())]
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts/a1`)
    await signIn(page)
    await page.getByRole('button', { name: /^Acknowledge/ }).click()
    await page.locator('[data-testid=state][data-state=acknowledged]').waitFor()
    expect(await page.locator('[data-form]').count()).toBe(0)
  })

  it('says so when there is no such alert', async () => {
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/alerts/none`)
    await signIn(page)
    await page.getByTestId('gone').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
  })
})

describe('the station list', () => {
  it('finds a station by its name in the other language', async () => {
    const now = Date.now()
    const other = station('cq-500103-02', now, { nameZh: '解放碑港湾', nameEn: 'Jiefangbei Harbor' })
    fixture.state.stations = [station(STATION, now), { ...other, addressZh: '八一路', addressEn: 'Bayi Road' }]
    const { page } = await open(LOOKS[1])
    await page.goto(`${fixture.url}/console/stations`)
    await signIn(page)
    await page.locator(`[data-station="${STATION}"]`).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('searchbox').fill('解放')
    await page.locator(`[data-station="${STATION}"]`).waitFor({ state: 'detached' })
    await page.locator('[data-station=cq-500103-02]').getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Jiefangbei Harbor' }).waitFor()
  })
})

describe('settings', () => {
  it('change language and colours at once and hold for the next visit', async () => {
    const { page, problems } = await open(LOOKS[0])
    await page.goto(`${fixture.url}/console/alerts`)
    await page.getByText('English').click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByText('Dark', { exact: true }).click()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const root = page.locator('html')
    expect(await root.getAttribute('data-mantine-color-scheme')).toBe('dark')
    expect(await root.getAttribute('lang')).toBe('en')
    expect(problems).toEqual([])
  })
})
