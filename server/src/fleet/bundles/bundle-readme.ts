import { BUNDLE_CLAIM, BUNDLE_FOLDER, BUNDLE_WIFI } from '@harbor/protocol'

/** What the README says of one card. */
export interface CardFacts {
  station: string
  nameZh: string
  nameEn: string
  gateway: string | undefined
  serverUrl: string
  expiresAt: string
  hasWifi: boolean
}

/** The text for whoever holds the card, Chinese first. Lines end as Windows' Notepad of any age wants them. */
export function bundleReadme(card: CardFacts): string {
  const { station, nameZh, nameEn, gateway, serverUrl, expiresAt, hasWifi } = card
  const replaces = gateway ?? '-'
  return [
    '劳动者港湾 · 网关开机包',
    '',
    `站点　${oneLine(nameZh)}（${station}）`,
    `接替　${replaces}`,
    `服务器　${serverUrl}`,
    `有效期至　${expiresAt}`,
    '',
    '1. 系统卡写好并装好网关软件后，在电脑上打开它的 bootfs（boot）分区。',
    `2. 把整个 ${BUNDLE_FOLDER} 文件夹复制到该分区的最上层，等复制完再弹出卡。`,
    '3. 把卡插回网关并通电。网关核对每个文件，自己认领站点，然后从卡上删掉令牌。',
    '4. 令牌只能用一次，过期作废。出错时网关说明是哪个文件、什么原因；请重新下载一个开机包。',
    ...(hasWifi ? [`5. ${BUNDLE_WIFI} 是本站 Wi-Fi 的连接，认领后同样从卡上删除。`] : []),
    `在认领之前，${BUNDLE_CLAIM} 等于这台网关的身份：不要转发，不要留在电脑上。`,
    '',
    "Workers' Harbor - gateway flash bundle",
    '',
    `Station   ${oneLine(nameEn)} (${station})`,
    `Replaces  ${replaces}`,
    `Server    ${serverUrl}`,
    `Valid to  ${expiresAt}`,
    '',
    "1. With the system and the gateway's software on the card, open its bootfs (boot) partition on a computer.",
    `2. Copy the whole folder ${BUNDLE_FOLDER} to the top of that partition, and wait for the end before you eject the card.`,
    '3. Put the card into the box and give it power. It checks each file, claims its station by itself, and takes the token off the card.',
    '4. A token serves once and ends. If something is wrong the box says which file and why; download another bundle then.',
    ...(hasWifi ? [`5. ${BUNDLE_WIFI} is the connection to the station's Wi-Fi; it is taken off the card, too.`] : []),
    `Until the claim ${BUNDLE_CLAIM} is this box's identity: do not pass it on, do not leave it on a computer.`,
    '',
  ].join('\r\n')
}

/** Names are people's text: no line of theirs becomes one of ours. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}
