import { Navigate } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { startOf } from './nav-entries.ts'

/** Leads to the page that whoever is signed in begins with. */
export function Start() {
  const role = useSession().data?.role
  return role === undefined ? null : <Navigate to={startOf(role)} replace />
}
