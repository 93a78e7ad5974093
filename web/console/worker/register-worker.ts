/**
 * Keeps the console on the phone, where the browser can (secure pages only). Once the page is loaded: to keep it all takes more bytes
 * than to show it.
 */
export function registerWorker(): void {
  if (!('serviceWorker' in navigator)) return
  const register = () => {
    // Without it (storage forbidden, an old web view) the console works as long as there is a network.
    navigator.serviceWorker.register('/console/sw.js', { scope: '/console/' }).catch(() => undefined)
  }
  if (document.readyState === 'complete') register()
  else window.addEventListener('load', register, { once: true })
}
