import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { Wifi } from '@harbor/protocol'

/** From a passphrase to a key (IEEE 802.11, J.4.1): PBKDF2 with HMAC-SHA1, the name as salt, 4096 rounds, 256 bits. */
const ROUNDS = 4096
const KEY_BYTES = 32

/**
 * A connection of NetworkManager (nm-settings-keyfile(5)) for a Wi-Fi with WPA2. The name stands as a list of bytes and the passphrase as
 * the key made of it, so that nothing that somebody types can end a line of the file, and the words of the passphrase are not on the card.
 */
export async function wifiConnection({ ssid, passphrase }: Wifi): Promise<string> {
  const key = await promisify(pbkdf2)(passphrase, Buffer.from(ssid), ROUNDS, KEY_BYTES, 'sha1')
  const name = [...Buffer.from(ssid)].map(byte => `${byte};`).join('')
  return [
    '[connection]',
    'id=harbor-station',
    'type=wifi',
    '',
    '[wifi]',
    'mode=infrastructure',
    `ssid=${name}`,
    '',
    '[wifi-security]',
    'key-mgmt=wpa-psk',
    `psk=${key.toString('hex')}`,
    '',
    '[ipv4]',
    'method=auto',
    '',
    '[ipv6]',
    'method=auto',
    '',
  ].join('\n')
}
