import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** InfluxData's own Flux parser and type checker (libflux in WebAssembly), offline. */
export interface FluxCheck {
  /** Whether syntax, names and types are right, as a server would check them before running the query. */
  isValid: (flux: string) => boolean
  /** Every string literal of the text, in order, as the parser understands it. */
  stringLiterals: (flux: string) => string[]
}

interface FluxModule {
  is_valid_flux: (flux: string) => boolean
  parse: (flux: string) => unknown
}

type Functions = Record<string, (...args: unknown[]) => unknown>

/** What is used of WebAssembly: Node has it, but its types come with those of the browser. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: { new (bytes: Uint8Array): object; imports: (module: object) => { module: string; name: string }[] }
    Instance: new (module: object, imports: Record<string, Functions>) => { exports: object }
  }
}

/**
 * Loads `@influxdata/flux-lsp-browser` by hand: the package is made for bundlers, and in Node its script and its
 * WebAssembly import each other in a circle. So the script gets the instance through a global that exists only meanwhile.
 */
export async function loadFluxCheck(): Promise<FluxCheck> {
  const folder = dirname(createRequire(import.meta.url).resolve('@influxdata/flux-lsp-browser/package.json'))
  const wasm = new WebAssembly.Module(readFileSync(join(folder, 'flux-lsp-browser_bg.wasm')))
  const holder: { script?: Functions } = {}
  const imports: Record<string, Functions> = {}
  for (const { module, name } of WebAssembly.Module.imports(wasm)) {
    imports[module] ??= {}
    imports[module][name] = (...args) => holder.script?.[name]?.(...args)
  }
  const globals = globalThis as { harborFluxWasm?: object }
  globals.harborFluxWasm = new WebAssembly.Instance(wasm, imports).exports
  const source = readFileSync(join(folder, 'flux-lsp-browser_bg.js'), 'utf8').replace(
    /^import \* as wasm.*$/m,
    'const wasm = globalThis.harborFluxWasm;',
  )
  const script = (await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
  )) as FluxModule & Functions
  holder.script = script
  delete globals.harborFluxWasm
  return {
    isValid: flux => script.is_valid_flux(flux),
    stringLiterals: flux => literalsIn(script.parse(flux)),
  }
}

function literalsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literalsIn)
  if (node instanceof Map) return literalsIn([...node.values()])
  if (typeof node !== 'object' || node === null) return []
  const { type, value } = node as { type?: unknown; value?: unknown }
  if (type === 'StringLiteral') return [String(value)]
  return Object.values(node).flatMap(literalsIn)
}
