import { Button, Loader } from '@mantine/core'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { Join } from '../places/Join'
import { Rooms } from '../places/Rooms'
import { SignIn } from '../places/SignIn'
import { go, type Place, usePlace } from './router'
import { useServices } from './services'
import { SignedInContext, useSession } from './session'
import { complain, reasonOf } from './toast'

const RoomPlace = lazy(() => import('../room/RoomPlace'))
const Shared = lazy(() => import('../places/Shared'))

export function App() {
  const place = usePlace()
  // Whoever has a share link need not be anybody.
  if (place.name !== 'shared') return <Studio place={place} />
  return (
    <Suspense fallback={<Waiting />}>
      <Shared key={place.token} token={place.token} />
    </Suspense>
  )
}

function Studio({ place }: { place: Exclude<Place, { name: 'shared' }> }) {
  const { backend } = useServices()
  const { session, refresh } = useSession()
  const signOut = useCallback(() => {
    backend.logout().then(
      async () => {
        go('/')
        await refresh()
      },
      (error) => complain('You are still signed in', error),
    )
  }, [backend, refresh])
  const me = session.state === 'in' ? session.me : undefined
  const signedIn = useMemo(() => (me ? { me, signOut } : null), [me, signOut])

  if (session.state === 'loading') return <Waiting />
  if (place.name === 'join') return <Join token={place.token} signedIn={me !== undefined} onJoined={refresh} />
  if (session.state === 'failed') return <Unreachable reason={reasonOf(session.error)} retry={refresh} />
  if (!signedIn) return <SignIn onSignedIn={refresh} />
  return (
    <SignedInContext.Provider value={signedIn}>
      {place.name === 'room' ? (
        <Suspense fallback={<Waiting />}>
          <RoomPlace key={place.id} id={place.id} />
        </Suspense>
      ) : (
        <Rooms />
      )}
    </SignedInContext.Provider>
  )
}

function Waiting() {
  return (
    <main className="at-waiting" aria-busy="true">
      <Loader type="dots" aria-label="Loading" />
    </main>
  )
}

function Unreachable({ reason, retry }: { reason: string; retry: () => void }) {
  return (
    <main className="at-waiting">
      <h1 className="at-h2">Atelier is not reachable</h1>
      <p className="at-muted">{reason}</p>
      <Button onClick={retry}>Try again</Button>
    </main>
  )
}
