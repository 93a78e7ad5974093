import { describe, expect, it } from 'vitest'
import { deviceOf, offeredApps } from './offered-apps.ts'

const ANDROID =
  'Mozilla/5.0 (Linux; Android 10; M2006C3LC) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.101 Mobile Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
const WECHAT = `${ANDROID} XWEB/4425 MMWEBSDK/20230805 MicroMessenger/8.0.42.2428(0x28002A48) WeChat/arm64 NetType/4G`
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36'

describe('offeredApps', () => {
  it.each([
    { agent: ANDROID, expected: ['amap', 'baidu', 'tencent', 'geo'], what: 'an Android phone' },
    { agent: IPHONE, expected: ['amap', 'baidu', 'tencent', 'apple'], what: 'an iPhone' },
    { agent: WECHAT, expected: ['tencent', 'amap', 'baidu'], what: "WeChat's browser" },
    { agent: DESKTOP, expected: ['amap', 'baidu', 'tencent'], what: 'a desktop' },
  ])('offers $what what opens there', ({ agent, expected }) => {
    expect(offeredApps(deviceOf(agent), undefined)).toEqual(expected)
  })

  it('offers first what was used last, unless it does not open here', () => {
    expect(offeredApps(deviceOf(ANDROID), 'tencent')).toEqual(['tencent', 'amap', 'baidu', 'geo'])
    expect(offeredApps(deviceOf(WECHAT), 'amap')).toEqual(['amap', 'tencent', 'baidu'])
    expect(offeredApps(deviceOf(ANDROID), 'apple')).toEqual(['amap', 'baidu', 'tencent', 'geo'])
  })

  it('knows the browsers of WeChat and QQ', () => {
    expect(deviceOf(WECHAT).insideWeChat).toBe(true)
    expect(deviceOf(`${IPHONE} QQ/8.9.80 V1_IPH_SQ`).insideWeChat).toBe(true)
    expect(deviceOf(`${ANDROID} MQQBrowser/14.2`).insideWeChat).toBe(false)
  })
})
