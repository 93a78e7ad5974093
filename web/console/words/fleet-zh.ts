/** The texts of the fleet of gateways in Chinese. */
export const fleetZh = {
  title: '网关',
  vendor: '协议',
  address: '地址',
  version: '第 {{version}} 版',
  versions: '版本',
  noChanges: '两版之间没有不同。',
  change: { title: '版本对比', from: '从', to: '到', where: '位置', before: '原来', after: '现在', nothing: '无' },
  copy: '复制',
  copyNamed: '复制：{{name}}',
  copied: '已复制',
  notCopied: '浏览器不允许复制，请手动选中。',
}
