export { registerHarborDue as default } from '../src/harbor-due.ts'
