import { expect, it } from 'vitest'
import { readSettings } from './config.ts'

const tls = { TLS_CERT_FILE: 's.pem', TLS_KEY_FILE: 's.pem' }

it('offers TLS when it has a certificate with its key, and nothing of it otherwise', () => {
  expect(readSettings({}).broker.tls).toBeUndefined()
  expect(readSettings({ ...tls, TLS_CLIENT_CA_FILE: 'ca.pem' }).broker.tls).toEqual({
    files: { certificate: 's.pem', key: 's.pem', clientCa: 'ca.pem', revocations: undefined },
    mqttsPort: 8883,
    wssPort: 8084,
  })
})

it('listens without TLS unless it is told not to', () => {
  expect(readSettings(tls).broker.mqttPort).toBe(1883)
  expect(readSettings({ ...tls, MQTT_PLAIN: '0' }).broker.mqttPort).toBeUndefined()
})

it.each([
  [{ TLS_CERT_FILE: 's.pem' }, /belong together/],
  [{ TLS_KEY_FILE: 's.pem' }, /belong together/],
  [{ MQTT_PLAIN: '0' }, /MQTT_PLAIN=0 needs/],
  [{ TLS_CLIENT_CA_FILE: 'ca.pem' }, /need TLS_CERT_FILE/],
  [{ ...tls, TLS_CRL_FILE: 'crl.pem' }, /TLS_CLIENT_CA_FILE/],
])('does not start with %j, and says what is missing', (env, message) => {
  expect(() => readSettings(env)).toThrow(message)
})
