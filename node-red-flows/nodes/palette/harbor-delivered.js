export { registerHarborDelivered as default } from '../src/harbor-delivered.ts'
