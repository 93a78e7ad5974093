import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ContactKind, Delivery } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { outcomeOf } from './answers.ts'
import { readDestinations } from './destinations.ts'
import { cutToBytes, dingtalkSign, feishuSign, requestOf } from './requests.ts'
import { createSender } from './sender.ts'

const NOW_MS = 1_599_360_473_000
const CONTEXT = { nowMs: NOW_MS, siteUrl: 'https://harbor.example' }

function delivery(kind: ContactKind, rest: Partial<Delivery> = {}): Delivery {
  return {
    id: 'd-1',
    channel: { id: 'c-1', kind, target: kind === 'sms' ? '+8613800000000' : 'yuzhong', language: 'zh' },
    severity: 'P1',
    title: 'P1 冷藏柜温度过高',
    body: '解放碑站\n冷藏柜 11 °C',
    url: '/console/alerts/a-1',
    kind: 'alerts',
    count: 1,
    createdAt: '2026-07-01T08:00:00.000Z',
    tries: 0,
    ...rest,
  }
}

let server: Server | undefined
afterEach(() => server?.close())

describe('signatures', () => {
  // Reckoned by Python's hmac and base64, as the services' own examples in Python do.
  test('DingTalk: HMAC-SHA256 keyed with the secret, of time in ms, line feed and secret', () => {
    expect(dingtalkSign('1599360473000', 'SEC-harbor-test')).toBe('JeMdexAS0cO+dMRrcuabZ6G5ewVq6jL+17wqZm9CeWw=')
  })

  test('Feishu: HMAC-SHA256 of nothing, keyed with time in s, line feed and secret', () => {
    expect(feishuSign('1599360473', 'harbor-test')).toBe('oNXfNymgo5iYVaIaogYDaTmMEJRlw3yIjGasDDWqNJo=')
  })

  test('DingTalk’s address carries the token, the time and the signature, escaped once', () => {
    const { url } = requestOf(
      delivery('dingtalk'),
      { url: 'https://oapi.dingtalk.com/robot/send?access_token=abc', secret: 'SEC-harbor-test' },
      CONTEXT,
    )
    expect(url).toBe(
      'https://oapi.dingtalk.com/robot/send?access_token=abc&timestamp=1599360473000&sign=JeMdexAS0cO%2BdMRrcuabZ6G5ewVq6jL%2B17wqZm9CeWw%3D',
    )
  })
})

describe('messages', () => {
  const body = (kind: ContactKind, rest?: Partial<Delivery>) =>
    JSON.parse(requestOf(delivery(kind, rest), { url: 'https://a.example/', secret: 'harbor-test' }, CONTEXT).body)

  test('WeCom gets markdown with a title and a link to the console', () => {
    expect(body('wecom')).toEqual({
      msgtype: 'markdown',
      markdown: {
        content:
          '### P1 冷藏柜温度过高\n解放碑站\n冷藏柜 11 °C\n[打开控制台](https://harbor.example/console/alerts/a-1)',
      },
    })
  })

  test('DingTalk gets markdown with a title of its own and calls nobody by name', () => {
    expect(body('dingtalk')).toEqual({
      msgtype: 'markdown',
      markdown: {
        title: 'P1 冷藏柜温度过高',
        text: '### P1 冷藏柜温度过高\n\n解放碑站\n冷藏柜 11 °C\n\n[打开控制台](https://harbor.example/console/alerts/a-1)',
      },
      at: { isAtAll: false },
    })
  })

  test('Feishu gets rich text in the channel’s language, with time and signature in the body', () => {
    expect(body('feishu')).toEqual({
      timestamp: '1599360473',
      sign: 'oNXfNymgo5iYVaIaogYDaTmMEJRlw3yIjGasDDWqNJo=',
      msg_type: 'post',
      content: {
        post: {
          zh_cn: {
            title: 'P1 冷藏柜温度过高',
            content: [
              [{ tag: 'text', text: '解放碑站' }],
              [{ tag: 'text', text: '冷藏柜 11 °C' }],
              [{ tag: 'a', text: '打开控制台', href: 'https://harbor.example/console/alerts/a-1' }],
            ],
          },
        },
      },
    })
  })

  test('a text message is one line, and its token is in a header', () => {
    const { body: sent, headers } = requestOf(delivery('sms'), { url: 'https://a.example/', secret: 't' }, CONTEXT)
    expect(JSON.parse(sent)).toEqual({
      id: 'd-1',
      phone: '+8613800000000',
      text: 'P1 冷藏柜温度过高 解放碑站 冷藏柜 11 °C https://harbor.example/console/alerts/a-1',
    })
    expect(headers['authorization']).toBe('Bearer t')
  })

  test('whatever the words, WeCom’s message stays within 4,096 bytes and keeps its link', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), fc.string({ maxLength: 120 }), (words, title) => {
        const { content } = body('wecom', { body: words.repeat(3), title }).markdown as { content: string }
        expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096)
        expect(content.endsWith('(https://harbor.example/console/alerts/a-1)')).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('a cut text never ends within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 50 }), (words, most) => {
        const cut = cutToBytes(words, most)
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most)
        expect(cut === words || (cut.endsWith('…') && words.startsWith(cut.slice(0, -1)))).toBe(true)
      }),
    )
  })
})

describe('answers', () => {
  test.each<[ContactKind, number, string, boolean]>([
    ['wecom', 200, '{"errcode":0,"errmsg":"ok"}', true],
    // 45009: more than 20 messages in a minute.
    ['wecom', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', false],
    ['dingtalk', 200, '{"errcode":0,"errmsg":"ok"}', true],
    ['dingtalk', 200, '{"errcode":310000,"errmsg":"sign not match"}', false],
    ['feishu', 200, '{"code":0,"msg":"success","data":{}}', true],
    [
      'feishu',
      200,
      '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}',
      false,
    ],
    ['feishu', 200, '<html>', false],
    ['wecom', 200, '', false],
    ['sms', 202, 'queued', true],
    ['sms', 500, '', false],
    ['http', 204, '', true],
    ['http', 302, '', false],
  ])('%s answering %i %s is accepted: %s', (...[kind, status, answer, isAccepted]) => {
    expect(outcomeOf(kind, status, answer).isAccepted).toBe(isAccepted)
  })
})

describe('destinations', () => {
  test('a name with a hyphen is a variable with an underscore', () => {
    const destinations = readDestinations({
      DINGTALK_YUZHONG_DUTY_URL: 'https://a.example/',
      DINGTALK_YUZHONG_DUTY_SECRET: 'x',
    })
    expect(destinations.find('dingtalk', 'yuzhong-duty')).toEqual({ url: 'https://a.example/', secret: 'x' })
    expect(destinations.find('dingtalk', 'other')).toEqual({ missing: 'DINGTALK_OTHER_URL' })
    expect(destinations.find('sms', '+86138')).toEqual({ missing: 'SMS_URL' })
  })

  test('a wrong address is named by its variable and never shown', () => {
    expect(() => readDestinations({ WECOM_A_URL: 'qyapi?key=hidden' })).toThrow(/^settings: WECOM_A_URL: expected/)
    expect(() => readDestinations({ WECOM_A_URL: 'qyapi?key=hidden' })).not.toThrow(/hidden/)
  })
})

describe('sending', () => {
  async function receiver(answer: (body: string) => { status: number; body: string }): Promise<string> {
    server = createServer((request, response) => {
      void text(request).then(body => {
        const { status, body: said } = answer(body)
        response.writeHead(status).end(said)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/send?key=hidden`
  }
  const send = (env: Record<string, string>) =>
    createSender({ destinations: readDestinations(env), siteUrl: CONTEXT.siteUrl, nowMs: () => NOW_MS })

  test('what the service accepts is delivered; what it refuses has failed with its words', async () => {
    const url = await receiver(body =>
      body.includes('冷藏柜')
        ? { status: 200, body: '{"errcode":0}' }
        : { status: 200, body: '{"errcode":93000,"errmsg":"no"}' },
    )
    const sender = send({ WECOM_YUZHONG_URL: url })
    expect(await sender(delivery('wecom'))).toEqual({ state: 'delivered' })
    expect(await sender(delivery('wecom', { title: 'x', body: 'y' }))).toEqual({ state: 'failed', reason: '93000 no' })
  })

  test('a destination that is not set is off, with the variable that would set it', async () => {
    expect(await send({})(delivery('feishu'))).toEqual({ state: 'off', reason: 'FEISHU_YUZHONG_URL not set' })
  })

  test('a service that cannot be reached has failed, and the reason holds no key', async () => {
    const url = await receiver(() => ({ status: 200, body: '' }))
    server?.close()
    server?.closeAllConnections()
    await once(server as Server, 'close')
    const result = await send({ WECOM_YUZHONG_URL: url })(delivery('wecom'))
    expect(result.state).toBe('failed')
    expect(result.reason).toMatch(/ECONNREFUSED/)
    expect(result.reason).not.toContain('hidden')
  })
})
