import '../styles/places.css'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { replace } from '../app/router'
import { useServices } from '../app/services'
import { reasonOf } from '../app/toast'
import { Wordmark } from '../app/Wordmark'

interface Props {
  token: string
  signedIn: boolean
  onJoined: () => Promise<void>
}

/** Accepts an invite or owner link. Who is signed in already goes straight through; others say their name first. */
export function Join({ token, signedIn, onJoined }: Props) {
  const { backend } = useServices()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState(token ? '' : 'This link has no invitation in it. Ask for it again.')
  const tried = useRef(false)

  async function accept(withName?: string) {
    setBusy(true)
    setError('')
    try {
      const { room } = await backend.acceptInvite(token, withName)
      await onJoined()
      replace(room ? `/room/${room}` : '/')
    } catch (reason) {
      setError(reasonOf(reason))
    } finally {
      setBusy(false)
    }
  }

  // An invite may have a limited number of uses: it is accepted once, however often this renders.
  // biome-ignore lint/correctness/useExhaustiveDependencies: accept closes over nothing that changes the call
  useEffect(() => {
    if (!signedIn || !token || tried.current) return
    tried.current = true
    void accept()
  }, [signedIn, token])

  return (
    <main className="at-door">
      <div className="at-door-card">
        <Wordmark />
        <div>
          <h1 className="at-h1">You are invited</h1>
          <p className="at-muted at-door-lead">{signedIn ? 'Taking you in.' : 'Say who you are, and come in.'}</p>
        </div>
        {signedIn || !token ? (
          <>
            {error && (
              <p role="alert" className="at-door-error">
                {error}
              </p>
            )}
            {error && (
              <Button variant="default" onClick={() => replace('/')}>
                Go to the rooms
              </Button>
            )}
          </>
        ) : (
          <form
            className="at-door-form"
            onSubmit={(event: FormEvent) => {
              event.preventDefault()
              void accept(name.trim())
            }}
          >
            <TextInput
              label="Your name"
              description="How others in the room see you"
              size="md"
              autoComplete="nickname"
              maxLength={64}
              value={name}
              error={error || undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" size="md" loading={busy} disabled={!name.trim()} fullWidth>
              Accept and enter
            </Button>
          </form>
        )}
      </div>
    </main>
  )
}
