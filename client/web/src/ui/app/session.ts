import { createContext, useCallback, useContext, useEffect, useState } from 'react'
import { ApiError } from '../../protocol/errors'
import { type Me, useServices } from './services'

export type Session =
  | { state: 'loading' }
  | { state: 'failed'; error: unknown }
  | { state: 'out' }
  | { state: 'in'; me: Me }

/** Who is signed in, asked once and again on refresh. */
export function useSession(): { session: Session; refresh: () => Promise<void> } {
  const { backend } = useServices()
  const [session, setSession] = useState<Session>({ state: 'loading' })
  const refresh = useCallback(async () => {
    try {
      setSession({ state: 'in', me: await backend.me() })
    } catch (error) {
      const out = error instanceof ApiError && error.code === 'AUTH_REQUIRED'
      setSession(out ? { state: 'out' } : { state: 'failed', error })
    }
  }, [backend])
  useEffect(() => {
    void refresh()
  }, [refresh])
  return { session, refresh }
}

export interface SignedIn {
  me: Me
  signOut: () => void
}

export const SignedInContext = createContext<SignedIn | null>(null)

export function useSignedIn(): SignedIn {
  const value = useContext(SignedInContext)
  if (!value) throw new Error('nobody is signed in around this component')
  return value
}
