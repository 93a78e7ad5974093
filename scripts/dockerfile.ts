import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { ROOT } from './child-process.ts'

/** One `FROM … AS name` of a Dockerfile. */
export interface Stage {
  name: string
  /** Another stage, or an image. */
  base: string
  /** Instructions after FROM: the word and the rest of its line. */
  instructions: readonly { word: string; rest: string }[]
}

/** What a COPY takes out of the tree, and where it lands below the working directory. */
export interface Copied {
  sources: readonly string[]
  target: string
}

/** The stages of the Dockerfile at the root, in order. */
export function readStages(): Stage[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '')
  return text
    .split(/^FROM /m)
    .slice(1)
    .map(part => {
      const [first = '', ...lines] = part.split('\n')
      const [, base = '', name = ''] = /^(?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(first) ?? []
      const instructions = lines
        .filter(line => /^[A-Z]+ /.test(line))
        .map(line => ({ word: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }))
      return { name, base, instructions }
    })
}

/** Instructions of a stage, those that it stands on first. */
export function allInstructions(stages: readonly Stage[], name: string): Stage['instructions'] {
  const stage = stages.find(one => one.name === name)
  return stage === undefined ? [] : [...allInstructions(stages, stage.base), ...stage.instructions]
}

/** The COPYs out of the tree, without those out of another stage. */
export function copiesOf(instructions: Stage['instructions']): Copied[] {
  return instructions
    .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from='))
    .map(({ rest }) => rest.split(' '))
    .map(words => ({ sources: words.slice(0, -1), target: words.at(-1) as string }))
}

/** Whether .dockerignore lets a path of the tree through: the last line that speaks of it, or of a folder above it, decides. */
export function reachesBuilder(path: string): boolean {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  const parts = path.split('/')
  const withParents = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  // A `*` is every name here, those that begin with a dot too.
  const decides = lines.findLast(
    line => line === '*' || withParents.some(one => matchesGlob(one, line.replace(/^!/, ''))),
  )
  return decides?.startsWith('!') ?? true
}
