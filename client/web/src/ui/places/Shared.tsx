import '../styles/results.css'
import '../styles/viewer.css'
import '../styles/shared.css'
import { Button, Loader } from '@mantine/core'
import { IconLinkOff } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { ApiError } from '../../protocol/errors'
import { ColourScheme } from '../app/ColourScheme'
import { type Lineage, useServices } from '../app/services'
import { reasonOf } from '../app/toast'
import { Wordmark } from '../app/Wordmark'
import { LineageView } from '../room/lineage/LineageView'
import { AssetUrlContext } from '../room/results/assetUrl'

type State =
  | { state: 'loading' }
  | { state: 'revoked' }
  | { state: 'failed'; reason: string }
  | { state: 'there'; lineage: Lineage }

/** What a share link shows: a lineage with its pictures, to read only, for whoever has the link. */
export default function Shared({ token }: { token: string }) {
  const { backend } = useServices()
  const [found, setFound] = useState<State>({ state: 'loading' })
  const urlOf = useCallback((asset: string) => backend.sharedAssetUrl(token, asset), [backend, token])
  const load = useMemo(
    () => () =>
      backend.shared(token).then(
        (lineage): State => ({ state: 'there', lineage }),
        (error): State =>
          error instanceof ApiError && error.code === 'NOT_FOUND'
            ? { state: 'revoked' }
            : { state: 'failed', reason: reasonOf(error) },
      ),
    [backend, token],
  )
  useEffect(() => {
    let left = false
    void load().then((now) => !left && setFound(now))
    return () => {
      left = true
    }
  }, [load])

  return (
    <AssetUrlContext value={urlOf}>
      <div className="at-shared">
        <header className="at-shared-head">
          <Wordmark />
          <ColourScheme />
        </header>
        <main>
          <h1 className="at-h2">How this was made</h1>
          {found.state === 'loading' && <Loader type="dots" aria-label="Loading" />}
          {found.state === 'revoked' && <Revoked />}
          {found.state === 'failed' && (
            <div className="at-shared-note">
              <p>{found.reason}</p>
              <Button variant="default" onClick={() => void load().then(setFound)}>
                Try again
              </Button>
            </div>
          )}
          {found.state === 'there' && <LineageView lineage={found.lineage} />}
        </main>
      </div>
    </AssetUrlContext>
  )
}

function Revoked() {
  return (
    <div className="at-shared-note" role="alert">
      <IconLinkOff size={30} aria-hidden="true" />
      <p>This link does not work any more</p>
      <p className="at-muted">It was revoked, or it was not copied whole. Ask who sent it to you for a new one.</p>
    </div>
  )
}
