export { registerHarborEvent as default } from '../src/harbor-event.ts'
