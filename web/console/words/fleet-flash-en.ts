/** The texts of flashing in English. */
export const flashEn = {
  title: 'Flash ESP32',
  intro: 'Plug a board into this computer and flash it from the browser. The team brings the images.',
  cannot: 'Boards cannot be flashed here',
  insecure:
    'A browser gives serial ports only to pages that come over https, and this one came from {{origin}}. Open it over https, or on the server itself as http://localhost.',
  noSerial:
    'This browser has no Web Serial. Use Chrome, Edge or a new Firefox on a computer; phones and Safari do not have it.',
  byHand: 'Or take the image and flash it by hand with esptool.',
  step: {
    plug: 'Connect the board with a data cable (one that only charges will not do).',
    start: 'Press "Flash", choose the port, and wait until it is done.',
    next: 'Disconnect it, and take the next one.',
  },
  start: 'Flash',
  startNamed: 'Flash {{name}}',
  none: 'There is no image yet.',
  reallyRemove: 'Yes, remove it',
  add: 'Add an image',
  addHint:
    'A whole image (factory.bin) begins at 0x0. Further parts, or other chips, are sent again with the same id and version.',
  added: '{{name}} is added',
  field: { firmware: 'Id', name: 'Name', version: 'Version', offset: 'Place in the flash', chip: 'Chip' },
  wrong: {
    firmware: 'a-z, 0-9 and hyphens, at most 40.',
    name: 'Needed.',
    version: 'As 1.4.0',
    offset: 'As 0x0 or 0x10000',
  },
  noFile: 'Choose a file.',
  tooLarge: 'The file is too large: {{most}} at most.',
  upload: 'Send it',
  software: 'Software of gateways',
  noSoftware: 'There is no version yet. What is sent here can be rolled out.',
}

/** The texts of bundles for SD cards in English. */
export const bundleEn = {
  title: 'Bundle for SD cards',
  make_one: 'Download the bundle for {{count}} card (ZIP)',
  make_other: 'Download the bundle for {{count}} cards (ZIP)',
  makeOne: 'Download the bundle (ZIP)',
  server: 'Address of the server',
  serverHint: 'As boxes reach it from their stations.',
  wrongServer: 'As https://harbor.example',
  http: 'This address has no encryption: the token travels in the clear. Only for a line of your own.',
  allowHttp: 'The line is our own, it may do without encryption',
  needHttp: 'Say that it may, or give an https address.',
  wifi: 'The station has Wi-Fi (no cable)',
  ssid: "Network's name",
  passphrase: 'Passphrase',
  wrongSsid: '1 to 32 bytes.',
  wrongPassphrase: '8 to 63 ASCII characters.',
  hint: "Unpack it onto the card's boot partition. Token and passphrase go into the bundle alone: the server keeps neither.",
  dead: 'It gets a new token; tokens of this gateway that no box has used are dead then.',
}

/** The texts of setting up devices in English. */
export const setupEn = {
  title: 'Set up devices: {{gateway}}',
  intro: "Paste these texts into the plugs and sensors. They name the topics that the gateway's config expects.",
  host: "The gateway's address in its station",
  hostHint: 'As 192.168.8.2',
  wifiHint: 'Stays on this page, the server is not told; empty: the Wi-Fi is left alone',
  port: 'Port',
  portHint: "Empty: the config's own",
  noHost: 'The address of the gateway is not known yet: the texts say {{placeholder}} in its place.',
  none: "The gateway's config has no devices.",
  anyWay: 'One of these, by the model:',
  topics: 'So set up it speaks on:',
}
