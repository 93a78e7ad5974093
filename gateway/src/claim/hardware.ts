import { readFile } from 'node:fs/promises'
import { arch, cpus, totalmem } from 'node:os'
import type { BoxHardware } from '@harbor/protocol'

/** Where a Raspberry Pi and other boards with a device tree say what they are. */
const MODEL_FILE = '/proc/device-tree/model'
const SERIAL_FILE = '/proc/device-tree/serial-number'

/** What this machine is, as far as it says. */
export async function readHardware(version: string): Promise<BoxHardware> {
  const model = (await line(MODEL_FILE)) ?? cpus()[0]?.model
  const serial = await line(SERIAL_FILE)
  return {
    ...(model !== undefined && { model: model.slice(0, 120) }),
    ...(serial !== undefined && { serial: serial.slice(0, 120) }),
    arch: arch(),
    memoryBytes: totalmem(),
    version,
  }
}

/** Device tree texts end with a NUL. */
async function line(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const clean = text.replaceAll('\u0000', '').trim()
  return clean === '' ? undefined : clean
}
