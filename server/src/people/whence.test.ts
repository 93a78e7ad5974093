import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { browserText, shortNetwork } from './whence.ts'

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['127.0.0.1', '127.0.0.0/24'],
  ['2001:db8:7:1::42', '2001:db8:7::/48'],
  ['2001:0db8:0007:0001::42', '2001:db8:7::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['unknown', undefined],
  ['', undefined],
  [undefined, undefined],
])('of the address %s is kept %s', (address, network) => {
  expect(shortNetwork(address)).toBe(network)
})

test('what is kept of an address is the same for all of its network', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(255), (address, last) => {
      const other = address.replace(/\d+$/, String(last))
      expect(shortNetwork(other)).toBe(shortNetwork(address))
    }),
  )
  fc.assert(
    fc.property(
      fc.array(fc.nat(0xffff), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat(0xffff), { minLength: 10, maxLength: 10 }),
      (head, tails) => {
        const addressOf = (tail: number[]) => [...head, ...tail].map(group => group.toString(16)).join(':')
        expect(shortNetwork(addressOf(tails.slice(0, 5)))).toBe(shortNetwork(addressOf(tails.slice(5))))
      },
    ),
  )
})

const ANDROID = 'Mozilla/5.0 (Linux; Android 14; V2304A) AppleWebKit/537.36 (KHTML, like Gecko)'
test.each([
  [`${ANDROID} Chrome/138.0.0.0 Mobile Safari/537.36`, 'Chrome · Android'],
  [`${ANDROID} Version/4.0 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.60`, 'WeChat · Android'],
  [`${ANDROID} Chrome/138.0.0.0 Mobile Safari/537.36 EdgA/138.0`, 'Edge · Android'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36 Edg/138.0',
    'Edge · Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Safari · iPhone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
  ['harbor-command', 'harbor'],
  ['node', undefined],
  ['<script>alert(1)</script>', undefined],
  [undefined, undefined],
])('%s is %s', (userAgent, text) => {
  expect(browserText(userAgent)).toBe(text)
})
