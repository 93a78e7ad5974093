import { createHmac } from 'node:crypto'
import type { Delivery } from '@harbor/protocol'
import type { Destination } from './destinations.ts'

/** An HTTP request that hands a message to a service: a POST of JSON. */
export interface ServiceRequest {
  url: string
  headers: Record<string, string>
  body: string
}

export interface SendContext {
  /** Milliseconds since 1970: signatures hold for an hour around it. */
  nowMs: number
  /** Where people open the console, without a trailing slash: a delivery's `url` is a path below it. */
  siteUrl: string
}

/** Longest message of WeCom's robot, in bytes of UTF-8 (developer.work.weixin.qq.com/document/path/91770, 文本 markdown). */
const WECOM_MAX_BYTES = 4_096
/** Longest request of the others, in bytes: Feishu refuses bodies above 20 KB, DingTalk texts above about 20,000; words are cut far below both. */
const TEXT_MAX_BYTES = 8_000
/** A text message of several parts costs as much as several: cut after this many characters (three parts of 67 in UCS-2, 3GPP TS 23.040). */
const SMS_MAX_CHARS = 200

/** The request that hands a delivery to its service, in the form that the service publishes. */
export function requestOf(delivery: Delivery, destination: Destination, context: SendContext): ServiceRequest {
  switch (delivery.channel.kind) {
    case 'wecom':
      return wecomRequest(delivery, destination, context)
    case 'dingtalk':
      return dingtalkRequest(delivery, destination, context)
    case 'feishu':
      return feishuRequest(delivery, destination, context)
    case 'sms':
      return smsRequest(delivery, destination, context)
    case 'http':
      return httpRequest(delivery, destination, context)
  }
}

/** WeCom's group robot (群机器人): its key is in the address; markdown knows titles, bold, quotes and links. */
function wecomRequest(delivery: Delivery, { url }: Destination, { siteUrl }: SendContext): ServiceRequest {
  const link = `\n${linkOf(delivery, siteUrl)}`
  const words = `### ${oneLine(delivery.title)}\n${delivery.body}`
  const content = cutToBytes(words, WECOM_MAX_BYTES - bytesOf(link)) + link
  return post(url, { msgtype: 'markdown', markdown: { content } })
}

/**
 * DingTalk's group robot (自定义机器人). With a key the address carries the time in ms and its signature: Base64 of HMAC-SHA256, keyed with the secret, of
 * time, line feed and secret (open.dingtalk.com/document/robots/customize-robot-security-settings).
 */
function dingtalkRequest(delivery: Delivery, { url, secret }: Destination, context: SendContext): ServiceRequest {
  const signed = new URL(url)
  if (secret !== undefined) {
    const timestamp = String(context.nowMs)
    signed.searchParams.set('timestamp', timestamp)
    // `set` escapes the + / = of Base64, which the service expects escaped.
    signed.searchParams.set('sign', dingtalkSign(timestamp, secret))
  }
  const title = oneLine(delivery.title)
  const text = cutToBytes(`### ${title}\n\n${delivery.body}`, TEXT_MAX_BYTES)
  return post(signed.href, {
    msgtype: 'markdown',
    markdown: { title, text: `${text}\n\n${linkOf(delivery, context.siteUrl)}` },
    at: { isAtAll: false },
  })
}

/** @param timestamp milliseconds since 1970, as text. */
export function dingtalkSign(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')
}

/**
 * Feishu's group robot (自定义机器人), as rich text. With a key the body carries the time in s and its signature: Base64 of HMAC-SHA256 of nothing, keyed with
 * time, line feed and secret: the other way round than DingTalk's (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot).
 */
function feishuRequest(delivery: Delivery, { url, secret }: Destination, context: SendContext): ServiceRequest {
  const timestamp = String(Math.floor(context.nowMs / 1_000))
  const lines = cutToBytes(delivery.body, TEXT_MAX_BYTES).split('\n')
  const { language } = delivery.channel
  const content = [
    ...lines.map(text => [{ tag: 'text', text }]),
    [{ tag: 'a', text: openWord(language), href: `${context.siteUrl}${delivery.url}` }],
  ]
  return post(url, {
    ...(secret === undefined ? {} : { timestamp, sign: feishuSign(timestamp, secret) }),
    msg_type: 'post',
    content: { post: { [language === 'zh' ? 'zh_cn' : 'en_us']: { title: oneLine(delivery.title), content } } },
  })
}

/** @param timestamp seconds since 1970, as text. */
export function feishuSign(timestamp: string, secret: string): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64')
}

/** A provider of text messages behind our own plain form: `{phone, text, id}`; the same `id` is the same message. */
function smsRequest(delivery: Delivery, { url, secret }: Destination, { siteUrl }: SendContext): ServiceRequest {
  const words = cutToChars(`${oneLine(delivery.title)} ${oneLine(delivery.body)}`, SMS_MAX_CHARS)
  const text = delivery.count > 1 ? words : `${words} ${siteUrl}${delivery.url}`
  return post(url, { id: delivery.id, phone: delivery.channel.target, text }, secret)
}

/** Any other service: the whole message as it is. */
function httpRequest(delivery: Delivery, { url, secret }: Destination, { siteUrl }: SendContext): ServiceRequest {
  const { id, severity, title, body, kind, count, createdAt } = delivery
  return post(url, { id, severity, kind, title, body, url: `${siteUrl}${delivery.url}`, count, createdAt }, secret)
}

function post(url: string, body: unknown, token?: string): ServiceRequest {
  return {
    url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  }
}

const openWord = (language: 'zh' | 'en') => (language === 'zh' ? '打开控制台' : 'Open the console')

function linkOf(delivery: Delivery, siteUrl: string): string {
  return `[${openWord(delivery.channel.language)}](${siteUrl}${delivery.url})`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** Cuts between characters, never within one, and says that it did. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (bytesOf(text) <= maxBytes) return text
  const cut = '…'
  let left = maxBytes - bytesOf(cut)
  let kept = ''
  for (const character of text) {
    left -= bytesOf(character)
    if (left < 0) break
    kept += character
  }
  return kept + cut
}

function cutToChars(text: string, maxChars: number): string {
  const characters = [...text]
  return characters.length <= maxChars ? text : `${characters.slice(0, maxChars - 1).join('')}…`
}
