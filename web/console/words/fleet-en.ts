/** The texts of the fleet of gateways in English. */
export const fleetEn = {
  title: 'Gateways',
  vendor: 'Speaks',
  address: 'Address',
  version: 'Version {{version}}',
  versions: 'Versions',
  noChanges: 'Nothing is another between them.',
  change: {
    title: 'What is another',
    from: 'From',
    to: 'To',
    where: 'Where',
    before: 'Before',
    after: 'After',
    nothing: 'nothing',
  },
  copy: 'Copy',
  copyNamed: 'Copy: {{name}}',
  copied: 'Copied',
  notCopied: 'The browser does not let us copy: mark the text by hand.',
}
