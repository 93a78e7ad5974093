import { ensureInstalled, runUnderProjectNode } from './bootstrap.mjs'

ensureInstalled()
runUnderProjectNode('scripts/start.ts')
