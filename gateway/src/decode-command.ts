import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { errorText } from '@harbor/protocol'
import { readArguments } from './decode/arguments.ts'
import { decodeAs } from './decode/dialects.ts'
import { readAnnouncements, readBytes, readMappings } from './decode/files.ts'
import { packOf } from './decode/pack.ts'
import { createDeviceClock } from './intake/device-time.ts'

/** The zone of wall clocks that tell none: that of a gateway whose config names no other. */
const TIME_ZONE = 'Asia/Shanghai'

/** npm runs a script in the project's folder, wherever it was called. */
const folder = process.env['INIT_CWD'] ?? process.cwd()

try {
  const { vendor, topic, file, device, config, announced } = readArguments(process.argv.slice(2))
  const decoded = decodeAs(
    vendor,
    {
      mappings: config === undefined ? [] : await readMappings(resolve(folder, config)),
      announcements: announced === undefined ? [] : await readAnnouncements(resolve(folder, announced)),
    },
    [topic, file === undefined ? await buffer(process.stdin) : await readBytes(resolve(folder, file))],
  )
  if (decoded.kind === 'readings') {
    const clock = createDeviceClock(TIME_ZONE)
    const nowMs = Date.now()
    const pack = packOf(decoded.readings, { vendor, device, instantOf: time => clock.instantOf(time, nowMs) })
    process.stdout.write(`${JSON.stringify(pack)}\n`)
    for (const { reason, detail } of decoded.rejected) console.error(`decode: refused in part: ${reason}: ${detail}`)
  } else {
    console.error(
      decoded.kind === 'ignored'
        ? `decode: ignored: ${decoded.why}`
        : `decode: refused: ${decoded.reason}: ${decoded.detail}`,
    )
    process.exitCode = 1
  }
} catch (error) {
  console.error(`decode: ${errorText(error)}`)
  process.exitCode = 1
}
