import { ensureInstalled, runUnderProjectNode } from './bootstrap.mjs'
import { ensureTools } from './tools.mjs'

ensureInstalled()
ensureTools()
runUnderProjectNode('scripts/test.ts')
