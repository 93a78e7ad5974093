/** Defines `<esp-web-install-button>`; it has no types of its own. */
declare module 'esp-web-tools/dist/web/install-button.js'
