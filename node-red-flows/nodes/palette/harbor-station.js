export { registerHarborStation as default } from '../src/harbor-station.ts'
