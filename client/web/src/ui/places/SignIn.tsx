import '../styles/places.css'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useServices } from '../app/services'
import { reasonOf } from '../app/toast'
import { Wordmark } from '../app/Wordmark'

export function SignIn({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const { backend } = useServices()
  const [guests, setGuests] = useState<boolean>()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')

  useEffect(() => {
    backend.config().then(
      (config) => setGuests(config.guests),
      (reason) => setError(reasonOf(reason)),
    )
  }, [backend])

  async function enter(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setError('')
    try {
      await backend.signInAsGuest(name.trim())
      await onSignedIn()
    } catch (reason) {
      setError(reasonOf(reason))
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="at-door">
      <div className="at-door-card">
        <Wordmark />
        <div>
          <h1 className="at-h1">Make pictures together</h1>
          <p className="at-muted at-door-lead">One canvas, one queue, everybody in the room.</p>
        </div>
        {guests === false ? (
          <p className="at-door-note">
            This studio is by invitation. Open the link that you were sent, and it lets you in.
          </p>
        ) : (
          <form onSubmit={enter} className="at-door-form">
            <TextInput
              label="Your name"
              description="How others in the room see you"
              size="md"
              autoComplete="nickname"
              maxLength={64}
              data-autofocus
              value={name}
              error={error || undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" size="md" loading={busy} disabled={!name.trim()} fullWidth>
              Enter the studio
            </Button>
          </form>
        )}
      </div>
    </main>
  )
}
