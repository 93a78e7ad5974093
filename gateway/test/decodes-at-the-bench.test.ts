import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { VENDORS, decodePack } from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-bench-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Outcome {
  code: number
  out: string
  err: string
}

/** Runs the command in the folder where the person is; straight, for npm takes longer to start than all the rest. */
function decode(args: string[], input = ''): Promise<Outcome> {
  return run(process.execPath, [join(ROOT, 'gateway/src/decode-command.ts'), ...args], input)
}

/** The same as a person does it. npm itself warns on standard error about settings of the machine. */
async function npmDecode(args: string[], input: string): Promise<Outcome> {
  const outcome = await run('npm', ['--prefix', ROOT, 'run', '-s', 'decode', '--', ...args], input)
  return { ...outcome, err: outcome.err.replaceAll(/^npm warn .*\n/gm, '') }
}

async function run(command: string, args: string[], input: string): Promise<Outcome> {
  // Not the folder that npm was called in for the tests.
  const { INIT_CWD: _folder, ...env } = process.env
  const child = spawn(command, args, { cwd: folder, env })
  child.stdin.end(input)
  const exit = new Promise<number>(resolve => {
    child.on('close', code => resolve(code ?? -1))
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { code, out, err }
}

function told(out: string): string[] {
  const { readings, rejected } = decodePack(JSON.parse(out))
  expect(rejected).toEqual([])
  return readings.map(({ device, metric, value }) => `${device} ${metric} ${value}`)
}

describe('npm run decode', { concurrent: false }, () => {
  it('prints the pack of a payload on standard input', async () => {
    const { code, out, err } = await decode(
      ['--vendor', 'tasmota', '--topic', 'stat/Strip_1/RESULT'],
      '{"POWER1":"ON","POWER2":"OFF"}',
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(told(out)).toEqual(['strip-1 relay 1', 'strip-1-2 relay 0'])
  })

  it('prints the pack of a payload in a file, as raw bytes, for the device that is named', async () => {
    await writeFile(join(folder, 'energy.bin'), '90')
    const args = [
      '--vendor',
      'Shelly-Gen1',
      '--topic',
      'shellies/p/relay/0/energy',
      '--file',
      'energy.bin',
      '--device',
      'fridge-plug',
    ]
    const { code, out } = await npmDecode(args, '')
    expect(code).toBe(0)
    expect(told(out)).toEqual(['fridge-plug energy 1.5'])
  })

  it('says beside the pack what of a message cannot be believed', async () => {
    const { code, out, err } = await decode(
      ['--vendor', 'z2m', '--topic', 'home/plug', '-'],
      '{"power":"nan","voltage":229.5}',
    )
    expect(code).toBe(0)
    expect(told(out)).toEqual(['plug voltage 229.5'])
    expect(err).toMatch(/^decode: refused in part: not_finite: power.*\n$/)
  })

  it.each([
    ['ignored', ['--vendor', 'tasmota', '--topic', 'tele/x/INFO1'], '{}', /^decode: ignored: .+\n$/],
    [
      'an announcement',
      ['--vendor', 'shelly', '--topic', 'shellies/announce'],
      '{}',
      /^decode: ignored: an announcement\n$/,
    ],
    ['refused', ['--vendor', 'shelly', '--topic', 'x/status/switch:0'], 'on', /^decode: refused: not_json: .+\n$/],
    ['of another vendor', ['--vendor', 'milesight', '--topic', 'x/y'], '{}', /^decode: refused: wrong_topic: .+\n$/],
    [
      'in a file that is not there',
      ['--vendor', 'tasmota', '--topic', 'tele/x/LWT', '--file', 'none'],
      '',
      /^decode: .*none.*\n$/,
    ],
    ['without a topic', ['--vendor', 'tasmota'], '', /--topic is missing/],
    ['with an option that is none', ['--vendro', 'tasmota'], '', /vendro/],
  ])('says in a line why a message is %s, and fails', async (...[, args, input, why]) => {
    const { code, out, err } = await decode(args, input)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(why)
  })

  it('lists the vendors when it is asked for another', async () => {
    const { code, err } = await decode(['--vendor', 'acme', '--topic', 'x'])
    expect(code).toBe(1)
    for (const vendor of [...VENDORS, 'shelly-gen2', 'milesight']) expect(err).toContain(vendor)
  })

  it('reads by a config with mappings, and by announcements heard before', async () => {
    const mappings = [{ topic: 'm/+', address: 'm-{1}', readings: [{ metric: 'power', value: 'kw * 1000' }] }]
    await writeFile(join(folder, 'config.json'), JSON.stringify({ mappings }))
    const mapped = await decode(['--vendor', 'mapping', '--topic', 'm/7', '--config', 'config.json'], '{"kw":0.5}')
    expect(told(mapped.out)).toEqual(['m-7 power 500'])
    const announcement = {
      stat_t: 'p/state',
      dev_cla: 'power',
      unit_of_meas: 'W',
      uniq_id: 'p1',
      val_tpl: '{{ value_json.p }}',
    }
    await writeFile(join(folder, 'heard.txt'), `homeassistant/sensor/p/config ${JSON.stringify(announcement)}\n`)
    const announced = await decode(
      ['--vendor', 'homeassistant', '--topic', 'p/state', '--announced', 'heard.txt'],
      '{"p":12}',
    )
    expect(told(announced.out)).toEqual(['p1 power 12'])
  })
})
