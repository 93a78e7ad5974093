import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { writeGatewayFolder } from './support/devices.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** A manager's end of the socket: prints each datagram. Perl, because Node opens no such sockets. */
const LISTENER = `
  use IO::Socket::UNIX; use Socket;
  my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
  $| = 1; print "listening\\n";
  while (defined $s->recv(my $text, 4096)) { $text =~ s/\\n/ /g; print "$text\\n"; }
`

const tools = ['systemd-notify', 'perl'].filter(tool => spawnSync('which', [tool]).status !== 0)
if (tools.length > 0)
  process.stderr.write(`skipped: the service manager's socket; this machine has no ${tools.join(', ')}\n`)

it.skipIf(tools.length > 0)(
  'tells the manager of its start, of its health, and of its end, over its real socket',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'notify-'))
    const socket = join(dir, 'notify')
    const children: ChildProcess[] = []
    let heard = ''
    try {
      const listener = spawn('perl', ['-e', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(listener)
      listener.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()))
      await vi.waitFor(() => expect(heard).toContain('listening'), { timeout: 5_000 })
      expect(existsSync(socket)).toBe(true)
      await writeGatewayFolder(join(dir, 'gateways'))
      const env = {
        PATH: process.env['PATH'],
        GATEWAY_DIR: join(dir, 'gateways'),
        GATEWAY_LAN_PORT: '0',
        MQTT_URL: 'mqtt://127.0.0.1:9',
        NOTIFY_SOCKET: socket,
        // 400 ms allowed: told each 200.
        WATCHDOG_USEC: '400000',
        LOG_LEVEL: 'error',
      }
      const gateway = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(gateway)
      const count = (word: string) => heard.split('\n').filter(line => line.includes(word)).length
      await vi.waitFor(() => expect(count('WATCHDOG=1')).toBeGreaterThanOrEqual(3), { timeout: 10_000 })
      expect(count('READY=1')).toBe(1)
      const ended = once(gateway, 'exit')
      gateway.kill('SIGTERM')
      expect((await ended)[0]).toBe(0)
      await vi.waitFor(() => expect(count('STOPPING=1')).toBe(1), { timeout: 5_000 })
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    }
  },
)
