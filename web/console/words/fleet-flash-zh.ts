/** The texts of flashing in Chinese. */
export const flashZh = {
  title: '烧录 ESP32',
  intro: '把板子插到这台电脑，直接在浏览器里烧录。固件由硬件组提供。',
  cannot: '这里不能烧录',
  insecure:
    '浏览器只允许 https 页面使用串口，而本页地址是 {{origin}}。请用 https 打开，或在服务器本机打开 http://localhost。',
  noSerial: '这个浏览器没有 Web Serial。请在电脑上使用 Chrome、Edge 或新版 Firefox；手机和 Safari 不支持。',
  byHand: '也可以下载固件，用 esptool 手动烧录。',
  step: {
    plug: '用数据线连接板子（只充电的线不行）。',
    start: '按“烧录”，选择串口，等待完成。',
    next: '断开，换下一块。',
  },
  start: '烧录',
  startNamed: '烧录 {{name}}',
  none: '还没有固件。',
  reallyRemove: '确定移除',
  add: '添加固件',
  addHint: '完整镜像（factory.bin）的偏移是 0x0。分几部分的镜像、其他芯片，用同一编号和版本再传一次。',
  added: '已添加 {{name}}',
  field: { firmware: '编号', name: '名称', version: '版本', offset: '闪存偏移', chip: '芯片' },
  wrong: {
    firmware: 'a-z、0-9 和连字符，最多 40 个字符。',
    name: '此项必填。',
    version: '例如 1.4.0',
    offset: '例如 0x0 或 0x10000',
  },
  noFile: '请选择文件。',
  tooLarge: '文件太大，最多 {{most}}。',
  upload: '上传',
  software: '网关软件',
  noSoftware: '还没有软件版本。上传后可以分批推送。',
}

/** The texts of bundles for SD cards in Chinese. */
export const bundleZh = {
  title: 'SD 卡文件包',
  make_other: '下载 {{count}} 张卡的文件包（ZIP）',
  makeOne: '下载文件包（ZIP）',
  server: '服务器地址',
  serverHint: '网关盒从站点能访问到的地址。',
  wrongServer: '例如 https://harbor.example',
  http: '这个地址没有加密：令牌会明文经过网络。只应在自己的线路上使用。',
  allowHttp: '线路是我们自己的，可以不加密',
  needHttp: '请确认，或改用 https 地址。',
  wifi: '站点用 Wi-Fi（没有网线）',
  ssid: 'Wi-Fi 名称',
  passphrase: 'Wi-Fi 密码',
  wrongSsid: '1 到 32 个字节。',
  wrongPassphrase: '8 到 63 个 ASCII 字符。',
  hint: '解压到 SD 卡的启动分区（boot）。令牌和 Wi-Fi 密码只写进文件包，服务器不保留。',
  dead: '会生成新令牌；这个网关以前未用的令牌随即作废。',
}

/** The texts of setting up devices in Chinese. */
export const setupZh = {
  title: '设备设置：{{gateway}}',
  intro: '把下面的文字粘贴到每个插座和传感器。主题名称与网关配置一致。',
  host: '网关在站点局域网的地址',
  hostHint: '例如 192.168.8.2',
  wifiHint: '只在本页使用，不会发给服务器；留空则不改 Wi-Fi',
  port: '端口',
  portHint: '留空为配置里的端口',
  noHost: '还不知道网关的地址：文字里用 {{placeholder}} 代替。',
  none: '这个网关的配置里没有设备。',
  anyWay: '按设备型号选择一种：',
  topics: '设置后它发布到：',
}
