import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ROOT } from '../scripts/child-process.ts'

/** Some stations of a city in fast motion through the live rules; the whole one is `npm run city | npm run bench -w server -- city`. */
async function liveAndJudge(options: readonly string[]): Promise<{ report: string; code: number | null }> {
  const city = spawn(process.execPath, [join(ROOT, 'simulators/src/city-command.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const bench = spawn(process.execPath, [join(ROOT, 'server/bench/main.ts'), 'city', 'live'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  city.stdout.pipe(bench.stdin)
  const ended = new Promise<number | null>(resolve => bench.on('exit', resolve))
  return { report: await text(bench.stdout), code: await ended }
}

test.each(['summer', 'winter'])(
  'two healthy days of six stations in %s, with cuts and lost words, raise no false alert',
  async season => {
    const { report, code } = await liveAndJudge([
      '--season',
      season,
      '--days',
      '1',
      '--stations',
      '4',
      '--seed',
      'short',
    ])
    expect(report).toContain('false alerts: 0')
    expect(report).toMatch(/station_mains_failure|gateway_offline/)
    expect(code).toBe(0)
  },
)
