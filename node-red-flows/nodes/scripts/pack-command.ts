import { join } from 'node:path'
import { packNodes } from './pack.ts'

/* `npm run pack` here: dist/ then holds the package for a Node-RED elsewhere. */
const folder = join(import.meta.dirname, '../dist')
const inside = await packNodes(folder)
console.log(`${folder}\nwith ${inside.length} packages inside; install it with: npm install --install-links ${folder}`)
