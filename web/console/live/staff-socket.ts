import { STAFF_NAMESPACE } from '@harbor/protocol'
import { io } from 'socket.io-client'
import type { StaffSocket } from './live-client.ts'

/** A socket to the staff's namespace of the page's own server; the session's cookie goes with it. */
export function makeStaffSocket(): StaffSocket {
  return io(STAFF_NAMESPACE, {
    autoConnect: false,
    // WebSocket first; long polling where a proxy does not let it pass.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  })
}
