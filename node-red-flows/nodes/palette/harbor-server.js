export { registerHarborServer as default } from '../src/harbor-server.ts'
