export { registerHarborCommand as default } from '../src/harbor-command.ts'
