// Programs of the operating system that the tests drive. Runs under the machine's own Node.
import { spawnSync } from 'node:child_process'
import { fail } from './bootstrap.mjs'

/** Each program, where it may be, and the Debian package that brings it. */
const TOOLS = [
  { name: 'Chromium', commands: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  { name: 'mosquitto_pub', commands: ['mosquitto_pub'], debian: 'mosquitto-clients' },
  { name: 'mosquitto', commands: ['mosquitto', '/usr/sbin/mosquitto'], debian: 'mosquitto' },
  { name: 'nats-server', commands: ['nats-server', '/usr/sbin/nats-server'], debian: 'nats-server' },
  { name: 'RabbitMQ', commands: ['/usr/lib/rabbitmq/bin/rabbitmq-server'], debian: 'rabbitmq-server' },
  { name: 'Redis', commands: ['redis-server'], debian: 'redis-server' },
  // Debian keeps it out of PATH. Without it the registry is tested on SQLite alone.
  {
    name: 'PostgreSQL',
    commands: ['initdb', '/usr/lib/postgresql/*/bin/initdb'],
    debian: 'postgresql',
    isOptional: true,
  },
]

function found(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim()
}

const missing = () => TOOLS.filter(tool => !tool.commands.some(found))

/** Installs Debian's packages for what is missing when that is allowed; otherwise ends with one line that says what to install. */
export function ensureTools() {
  if (missing().length === 0) return
  const packages = missing().map(tool => tool.debian)
  if (process.getuid?.() === 0 && found('apt-get') !== '') {
    process.stdout.write(`installing ${packages.join(', ')} (apt-get)\n`)
    const install = () => aptGet(['install', '-y', '--no-install-recommends', ...packages])
    if (install().status !== 0 && aptGet(['update']).status === 0) install()
  }
  const named = tools => tools.map(tool => `${tool.name} (Debian package ${tool.debian})`).join(' and ')
  const skipped = missing().filter(tool => tool.isOptional)
  if (skipped.length > 0) process.stdout.write(`not here, so its tests are skipped: ${named(skipped)}\n`)
  const left = missing().filter(tool => !tool.isOptional)
  if (left.length === 0) return
  const names = named(left)
  fail(`the tests need ${names}: install it and run npm test again`)
}

function aptGet(args) {
  return spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
