import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

const PACKAGE = join(import.meta.dirname, '..')

interface Manifest {
  'node-red': { nodes: Record<string, string> }
  dependencies?: Record<string, string>
  private?: boolean
}

/**
 * Writes the package to `folder` as a Node-RED elsewhere can install it, by `npm pack` there or as it is: plain JavaScript with all that it needs inside, for
 * Node.js strips no types below `node_modules`. Gives the names of the packages inside.
 */
export async function packNodes(folder: string): Promise<string[]> {
  const {
    dependencies: _inside,
    private: _private,
    ...manifest
  } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as Manifest
  await rm(folder, { recursive: true, force: true })
  const entries = Object.entries(manifest['node-red'].nodes).map(([name, path]) => [name, join(PACKAGE, path)])
  const { output } = await build({
    input: Object.fromEntries(entries) as Record<string, string>,
    platform: 'node',
    logLevel: 'warn',
    // One class of error and one connection for all nodes: what they share is one file.
    output: {
      dir: join(folder, 'palette'),
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'lib/[name].js',
    },
  })
  await cp(join(PACKAGE, 'palette'), join(folder, 'palette'), {
    recursive: true,
    filter: path => !path.endsWith('.js'),
  })
  for (const name of ['README.md', 'images']) await cp(join(PACKAGE, name), join(folder, name), { recursive: true })
  await cp(join(PACKAGE, '../../LICENSE'), join(folder, 'LICENSE'))
  const packed = { ...manifest, engines: { node: '>=22.12' } }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packed, undefined, 2)}\n`)
  const modules = output.flatMap(part => (part.type === 'chunk' ? part.moduleIds : []))
  return writeNotices(folder, modules)
}

/** The licences of the packages inside, as they ask for. */
async function writeNotices(folder: string, modules: string[]): Promise<string[]> {
  const roots = new Set(modules.flatMap(id => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []))
  const notices: { name: string; text: string }[] = []
  for (const root of roots) {
    const { name, version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
      string,
      string
    >
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'License.txt', 'LICENSE.MD']
      .map(one => join(root, one))
      .find(existsSync)
    const text = file === undefined ? '' : await readFile(file, 'utf8')
    notices.push({ name: `${name}@${version}`, text: `${name}@${version} (${license})\n\n${text.trim()}\n` })
  }
  notices.sort((one, other) => one.name.localeCompare(other.name))
  await writeFile(
    join(folder, 'THIRD-PARTY-LICENSES.txt'),
    notices.map(({ text }) => text).join(`\n${'-'.repeat(80)}\n\n`),
  )
  return notices.map(({ name }) => name)
}
