export { registerHarborAlert as default } from '../src/harbor-alert.ts'
