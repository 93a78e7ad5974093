/** What a board's components are told. */
export interface BoardPlan {
  /** The name of a sensor by its word: `temperature`. */
  name: (word: string) => string
  everyS: number
}

/** A kind of board: what is on it and how it is wired. */
export interface EsphomeBoard {
  key: string
  nameZh: string
  nameEn: string
  wiringZh: string
  wiringEn: string
  /** Lines of YAML that choose the chip. */
  platform: readonly string[]
  /** False: its serial line belongs to a meter, so no log goes there. */
  hasUartLog: boolean
  components: (plan: BoardPlan) => string[]
}

const ESP32 = ['esp32:', '  board: esp32dev', '  framework:', '    type: esp-idf']

/**
 * The boards that a station has. Names are the words by which a gateway knows what an object measures; pins are those of the usual boards,
 * and a comment says which line to change. Sources: https://esphome.io/components/sensor/sht3xd, …/cse7766, …/dallas_temp, …/binary_sensor/gpio.
 */
export const ESPHOME_BOARDS: readonly EsphomeBoard[] = [
  {
    key: 'esp32-climate',
    nameZh: 'ESP32 温湿度板（SHT3x）',
    nameEn: 'ESP32 climate board (SHT3x)',
    wiringZh: 'SHT3x 接 I2C：SDA 接 GPIO21，SCL 接 GPIO22',
    wiringEn: 'SHT3x on I2C: SDA to GPIO21, SCL to GPIO22',
    platform: ESP32,
    hasUartLog: true,
    components: ({ name, everyS }) => [
      'i2c:',
      '  sda: GPIO21',
      '  scl: GPIO22',
      'sensor:',
      '  - platform: sht3xd',
      '    address: 0x44',
      `    update_interval: ${everyS}s`,
      '    temperature:',
      `      name: ${name('temperature')}`,
      '    humidity:',
      `      name: ${name('humidity')}`,
    ],
  },
  {
    key: 'esp32-fridge',
    nameZh: 'ESP32 冰箱温度板（DS18B20）',
    nameEn: 'ESP32 fridge board (DS18B20)',
    wiringZh: 'DS18B20 的数据线接 GPIO4，并接 4.7 kΩ 上拉',
    wiringEn: 'DS18B20 with its data line on GPIO4 and 4.7 kΩ to 3.3 V',
    platform: ESP32,
    hasUartLog: true,
    components: ({ name, everyS }) => [
      'one_wire:',
      '  - platform: gpio',
      '    pin: GPIO4',
      'sensor:',
      '  - platform: dallas_temp',
      `    name: ${name('temperature')}`,
      `    update_interval: ${everyS}s`,
    ],
  },
  {
    key: 'esp32-door',
    nameZh: 'ESP32 门磁板',
    nameEn: 'ESP32 door board',
    wiringZh: '门磁接 GPIO14 与地；门关时接通',
    wiringEn: 'Reed contact between GPIO14 and ground, closed while the door is closed',
    platform: ESP32,
    hasUartLog: true,
    components: ({ name }) => [
      'binary_sensor:',
      '  - platform: gpio',
      `    name: ${name('door')}`,
      '    device_class: door',
      '    pin:',
      '      number: GPIO14',
      '      mode: INPUT_PULLUP',
      '    filters:',
      '      - delayed_on_off: 50ms',
    ],
  },
  {
    key: 'esp32-leak',
    nameZh: 'ESP32 漏水板',
    nameEn: 'ESP32 leak board',
    wiringZh: '漏水探头接 GPIO27 与地；有水时接通',
    wiringEn: 'Leak probe between GPIO27 and ground, closed by water',
    platform: ESP32,
    hasUartLog: true,
    components: ({ name }) => [
      'binary_sensor:',
      '  - platform: gpio',
      `    name: ${name('leak')}`,
      '    device_class: moisture',
      '    pin:',
      '      number: GPIO27',
      '      mode: INPUT_PULLUP',
      '      inverted: true',
      '    filters:',
      '      - delayed_on: 500ms',
    ],
  },
  {
    key: 'esp8266-plug',
    nameZh: 'ESP8266 计量插座（CSE7766，如 Sonoff S31）',
    nameEn: 'ESP8266 metering plug (CSE7766, as Sonoff S31)',
    wiringZh: '插座内部：继电器 GPIO12，电表接 RX',
    wiringEn: 'Inside the plug: relay on GPIO12, meter on RX',
    platform: ['esp8266:', '  board: esp01_1m'],
    hasUartLog: false,
    components: ({ name, everyS }) => [
      'uart:',
      '  rx_pin: RX',
      '  baud_rate: 4800',
      '  parity: EVEN',
      'sensor:',
      '  - platform: cse7766',
      ...['power', 'voltage', 'current', 'energy'].flatMap(word => [
        `    ${word}:`,
        `      name: ${name(word)}`,
        '      filters:',
        `        - throttle_average: ${everyS}s`,
      ]),
      'switch:',
      '  - platform: gpio',
      `    name: ${name('relay')}`,
      '    pin: GPIO12',
      // Power that comes back finds the fridge as it was.
      '    restore_mode: RESTORE_DEFAULT_ON',
    ],
  },
]
