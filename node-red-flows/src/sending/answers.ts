import type { ContactKind } from '@harbor/protocol'
import { z } from 'zod'

/** What a service made of a message; `reason` is for people, at most 200 characters. */
export type SendOutcome = { isAccepted: true } | { isAccepted: false; reason: string }

/**
 * The robots answer 200 whatever happened and say in the body how it went: WeCom and DingTalk `{errcode, errmsg}`, Feishu `{code, msg}`, each 0 for done
 * (addresses of the documents: requests.ts).
 */
const errcodeSchema = z.object({ errcode: z.int(), errmsg: z.string().optional() })
const codeSchema = z.object({ code: z.int(), msg: z.string().optional() })

/** Reads a service's answer. Any 2xx will do for text messages and other services: their answers have no common form. */
export function outcomeOf(kind: ContactKind, status: number, body: string): SendOutcome {
  if (status < 200 || status > 299) return refused(`HTTP ${status}`)
  switch (kind) {
    case 'wecom':
    case 'dingtalk': {
      const answer = errcodeSchema.safeParse(jsonOf(body)).data
      if (answer === undefined) return refused('the answer is not {errcode, errmsg}')
      return answer.errcode === 0 ? { isAccepted: true } : refused(`${answer.errcode} ${answer.errmsg ?? ''}`)
    }
    case 'feishu': {
      const answer = codeSchema.safeParse(jsonOf(body)).data
      if (answer === undefined) return refused('the answer is not {code, msg}')
      return answer.code === 0 ? { isAccepted: true } : refused(`${answer.code} ${answer.msg ?? ''}`)
    }
    case 'sms':
    case 'http':
      return { isAccepted: true }
  }
}

function refused(reason: string): SendOutcome {
  return { isAccepted: false, reason: reason.trim().slice(0, 200) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no JSON: no answer of the service itself, such as a proxy's page
  }
}
