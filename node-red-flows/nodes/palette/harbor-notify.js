export { registerHarborNotify as default } from '../src/harbor-notify.ts'
