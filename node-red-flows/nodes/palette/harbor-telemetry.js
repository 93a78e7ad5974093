export { registerHarborTelemetry as default } from '../src/harbor-telemetry.ts'
