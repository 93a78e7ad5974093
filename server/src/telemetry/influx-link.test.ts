import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type InfluxAnswer, csvAnswer, startInfluxServer } from '../../test/influx-server.ts'
import { createInfluxLink } from './influx-link.ts'
import { createReadRows } from './influx-read.ts'

const SOON = { write: 300, query: 300, slow: 300 }

async function setUp(
  answer: (number: number) => InfluxAnswer,
  timeoutMs = { write: 20_000, query: 20_000, slow: 20_000 },
) {
  const server = await startInfluxServer((_, number) => answer(number))
  const link = createInfluxLink({ url: server.url, token: 't', org: 'o', timeoutMs })
  onTestFinished(() => link.close())
  return { ...server, link }
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = []
  for await (const row of rows) found.push(row)
  return found
}

describe('a request to InfluxDB', () => {
  it('that is never answered is cut at its deadline, and its socket is free for the next', async () => {
    let isStuck = true
    const { link } = await setUp(() => (isStuck ? { status: 0, stalls: true } : { status: 204 }), SOON)
    // Twice as many as there are sockets: without the cut the second half, and all after it, would wait for ever.
    const stuck = await Promise.allSettled(Array.from({ length: 8 }, () => link.write('b', ['a b=1 1'])))
    expect(stuck.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'rejected'))
    isStuck = false
    await vi.waitFor(() => link.write('b', ['a b=1 1']), { timeout: 20_000 })
  })

  it('is cut as well when the answer stops halfway', async () => {
    const half = { ...csvAnswer([[['2026-07-01T04:00:00Z', 1, 'a', 'power']]]), stalls: true }
    const { link, openSockets } = await setUp(() => half, SOON)
    expect(await Promise.allSettled([all(link.rows('x'))])).toMatchObject([{ status: 'rejected' }])
    await vi.waitFor(() => expect(openSockets()).toBe(0), { timeout: 20_000 })
  })

  it('ends when the link is closed', async () => {
    const { link, requests } = await setUp(() => ({ status: 0, stalls: true }))
    const settled = Promise.allSettled([link.write('b', ['a b=1 1'])])
    await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 20_000 })
    link.close()
    expect(await settled).toMatchObject([{ status: 'rejected' }])
  })
})

describe('the answer to a query', () => {
  const row = (value: number, device: string) => ['2026-07-01T04:00:00Z', value, device, 'power'] as const

  it('may have any number of tables, each with a heading of its own', async () => {
    const one = csvAnswer([[row(1, 'a')], [row(2, 'b')]])
    const other = csvAnswer([[row(3, 'c')]])
    const { link } = await setUp(() => ({ ...one, body: `${one.body}${other.body}` }))
    const rows = await all(link.rows('x'))
    expect(rows.map(found => [found['did'], found['_value']])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
  })

  it.each(['', '\r\n', '\r\n\r\n'])('may be empty: %j', async body => {
    const { link } = await setUp(() => ({ status: 200, headers: { 'content-type': 'text/csv' }, body }))
    expect(await all(link.rows('x'))).toEqual([])
  })

  it('that ends in a table of errors is an error, whatever came before', async () => {
    const good = csvAnswer([[row(1, 'a')]])
    const error = [
      '#datatype,string,string',
      '#group,true,true',
      '#default,,',
      ',error,reference',
      ',query terminated: memory allocation limit reached,897',
      '',
    ].join('\r\n')
    const { link } = await setUp(() => ({ ...good, body: `${good.body}${error}` }))
    await expect(all(createReadRows(link)('x'))).rejects.toMatchObject({
      code: 'TELEMETRY_STORE_UNAVAILABLE',
      message: expect.stringContaining('memory allocation limit reached'),
    })
  })

  it('leaves out what no program of ours wrote: values that are null or texts', async () => {
    const body = [
      '#datatype,string,long,dateTime:RFC3339,double,string',
      '#group,false,false,false,false,true',
      '#default,_result,,,,',
      ',result,table,_time,_value,did',
      ',,0,2026-07-01T04:00:00Z,,a',
      ',,0,2026-07-01T04:00:01Z,0,a',
      '',
      '#datatype,string,long,dateTime:RFC3339,string,string',
      '#group,false,false,false,false,true',
      '#default,_result,,,,',
      ',result,table,_time,_value,did',
      ',,1,2026-07-01T04:00:02Z,on,a',
      '',
    ].join('\r\n')
    const { link } = await setUp(() => ({ status: 200, headers: { 'content-type': 'text/csv' }, body }))
    expect((await all(createReadRows(link)('x'))).map(({ value }) => value)).toEqual([0])
  })

  it('that a bucket is missing names the command that makes it', async () => {
    const { link } = await setUp(() => ({
      status: 404,
      headers: { 'content-type': 'application/json' },
      body: '{"code":"not found","message":"could not find bucket \\"b_15m\\""}',
    }))
    await expect(all(createReadRows(link)('x'))).rejects.toMatchObject({
      message: expect.stringMatching(/could not find bucket "b_15m"; npm run influx:setup/),
    })
  })

  it('is read to the nanosecond, which is more than a reading has', async () => {
    const { link } = await setUp(() => csvAnswer([[['2026-07-01T04:00:00.123456789Z', 1, 'a', 'power']]]))
    const [found] = await all(createReadRows(link)('x'))
    expect(found?.timeMs).toBe(Date.UTC(2026, 6, 1, 4, 0, 0, 123))
  })
})
