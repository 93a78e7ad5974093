import { describe, expect, it } from 'vitest'
import { influxApi } from '../../test/influx-api.ts'
import { startInfluxServer } from '../../test/influx-server.ts'
import { setUpInflux } from './influx-setup.ts'

const DAY_S = 86_400
const KEPT = { raw: 30, quarter: 731, hour: 3_653 }

async function setUp() {
  const api = influxApi()
  const server = await startInfluxServer(api.answer)
  let serverToken: string | undefined
  const run = async (more: { adminToken?: string; keptDays?: typeof KEPT; org?: string; url?: string } = {}) => {
    const told: string[] = []
    await setUpInflux(
      { url: server.url, org: 'harbor', bucket: 'readings', adminToken: api.adminToken, keptDays: KEPT, ...more },
      {
        serverToken,
        saveToken: async token => {
          serverToken = token
          return 'secrets/influx-token'
        },
        tell: line => told.push(line),
      },
    )
    return told
  }
  return { ...api, ...server, run, token: () => serverToken, haveToken: (token: string) => (serverToken = token) }
}

describe('setting InfluxDB up', () => {
  it('makes a bucket for each level, the tasks of the roll-ups, and says so', async () => {
    const { state, run } = await setUp()
    expect(await run()).toEqual([
      'bucket readings: made, keeps 32 days',
      'bucket readings_15m: made, keeps 731 days',
      'bucket readings_1h: made, keeps 3653 days',
      'task readings_15m: made',
      'task readings_15m_late: made',
      'task readings_1h: made',
      'task readings_1h_late: made',
      "the server's token: made; may read and write the three buckets and nothing else; it is in secrets/influx-token",
    ])
    expect(state.buckets.map(({ name, retentionRules }) => [name, retentionRules])).toEqual([
      // A shard of a bucket that keeps a month holds a day, of one that keeps years a week.
      ['readings', [{ type: 'expire', everySeconds: 32 * DAY_S, shardGroupDurationSeconds: DAY_S }]],
      ['readings_15m', [{ type: 'expire', everySeconds: 731 * DAY_S, shardGroupDurationSeconds: 7 * DAY_S }]],
      ['readings_1h', [{ type: 'expire', everySeconds: 3_653 * DAY_S, shardGroupDurationSeconds: 7 * DAY_S }]],
    ])
  })

  it('gives the server the right to read and write its buckets, and no other', async () => {
    const { state, run, token } = await setUp()
    await run()
    const [raw, quarter, hour] = state.buckets.map(({ id }) => id)
    const [made] = state.tokens
    expect(made?.token).toBe(token())
    expect(made?.permissions.map(({ action, resource }) => [action, resource.type, resource.id])).toEqual(
      [raw, quarter, hour].flatMap(id => [
        ['read', 'buckets', id],
        ['write', 'buckets', id],
      ]),
    )
  })

  it('changes nothing when it is run again', async () => {
    const { state, run, requests } = await setUp()
    await run()
    const before = structuredClone(state)
    const from = requests.length
    expect(await run()).toEqual([
      'bucket readings: is there, keeps 32 days',
      'bucket readings_15m: is there, keeps 731 days',
      'bucket readings_1h: is there, keeps 3653 days',
      'task readings_15m: is there',
      'task readings_15m_late: is there',
      'task readings_1h: is there',
      'task readings_1h_late: is there',
      "the server's token: is there and may what it has to",
    ])
    expect(state).toEqual(before)
    // The POSTs are the empty writes that ask whether the token may write.
    const posts = requests.slice(from).filter(({ method }) => method !== 'GET')
    expect(posts.map(({ path, body }) => [path, body])).toEqual(Array.from({ length: 3 }, () => ['/api/v2/write', '']))
  })

  it('goes on where a run was cut off', async () => {
    const { state, run } = await setUp()
    await run()
    state.buckets.splice(2)
    state.tasks.splice(1)
    await run()
    expect(state.buckets).toHaveLength(3)
    expect(state.tasks).toHaveLength(4)
  })

  it('lengthens what a bucket keeps, and never shortens it', async () => {
    const { state, run } = await setUp()
    await run()
    const told = await run({ keptDays: { raw: 60, quarter: 365, hour: 3_653 } })
    expect(state.buckets.map(({ retentionRules }) => retentionRules[0]?.everySeconds)).toEqual([
      62 * DAY_S,
      731 * DAY_S,
      3_653 * DAY_S,
    ])
    expect(told[0]).toBe('bucket readings: was there, keeps 62 days from now on, not 32 days')
    expect(told[1]).toMatch(/^bucket readings_15m: is there and keeps 731 days; left so/)
  })

  it('leaves a bucket that keeps everything as it is', async () => {
    const { state, run } = await setUp()
    await run()
    state.buckets[0]!.retentionRules = []
    expect((await run())[0]).toMatch(/^bucket readings: is there and keeps everything for ever; left so/)
    expect(state.buckets[0]?.retentionRules).toEqual([])
  })

  it('gives a task that somebody changed our text again, and says when one is paused or there twice', async () => {
    const { state, run } = await setUp()
    await run()
    const text = state.tasks[0]?.flux
    state.tasks[0]!.flux = 'option task = {name: "readings_15m", every: 1h}'
    state.tasks[1]!.status = 'inactive'
    state.tasks.push({ ...state.tasks[2]!, id: 'another' })
    const told = await run()
    expect(state.tasks[0]?.flux).toBe(text)
    expect(told).toContain('task readings_15m: was there with another text; has ours now')
    expect(told).toContain(
      'task readings_15m_late: is there but inactive; it makes no roll-ups until somebody sets it active',
    )
    expect(told).toContain('task readings_1h: 1 more of this name; they do the work twice, delete them')
  })

  it.each([
    ['is not known any more', 'gone'],
    ['may do anything', 'admin-token'],
  ])('replaces a token that %s', async (_, old) => {
    const { run, token, haveToken } = await setUp()
    haveToken(old)
    const told = await run()
    expect(token()).not.toBe(old)
    expect(told.at(-1)).toMatch(/made, in place of one that may/)
  })

  it('replaces a token that may not write, or not read the roll-ups', async () => {
    const { state, run, token } = await setUp()
    for (const action of ['write', 'read']) {
      await run()
      const old = token()
      const made = state.tokens.find(one => one.token === old)
      made!.permissions = made!.permissions.filter(right => right.action !== action)
      await run()
      expect(token()).not.toBe(old)
    }
  })
})

describe('setting InfluxDB up says in one line', () => {
  it.each([
    ['that the token is wrong', { adminToken: 'wrong' }, /does not know this token \(HTTP 401\)/],
    ['that the organisation is missing', { org: 'other' }, /has no organisation other that this token may see/],
    // Port 9 (discard) has no listener.
    [
      'that nobody listens',
      { url: 'http://127.0.0.1:9' },
      /^cannot reach InfluxDB at http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/,
    ],
  ])('%s', async (_, more, message) => {
    const { run } = await setUp()
    await expect(run(more)).rejects.toMatchObject({
      code: 'INFLUX_SETUP_FAILED',
      message: expect.stringMatching(message),
    })
  })

  it('that the token has too few rights', async () => {
    const { run, token } = await setUp()
    await run()
    await expect(run({ adminToken: token() ?? '' })).rejects.toMatchObject({
      message: expect.stringMatching(/HTTP 403/),
    })
  })

  it('that this InfluxDB was never set up', async () => {
    const { run, state } = await setUp()
    state.isNew = true
    await expect(run()).rejects.toMatchObject({ message: expect.stringMatching(/no organisation and user yet/) })
  })

  it.each([
    ['html', { 'content-type': 'text/html' }, '<html>\n<body>'],
    ['other json', { 'content-type': 'application/json' }, '[]'],
  ])('that what answers is no InfluxDB (%s)', async (_, headers, body) => {
    const server = await startInfluxServer(() => ({ status: 200, headers, body }))
    const { run } = await setUp()
    await expect(run({ url: server.url })).rejects.toMatchObject({
      message: expect.stringMatching(/does not speak as InfluxDB 2/),
    })
  })
})
