import '../styles/places.css'
import { Button, Loader, Modal, TextInput } from '@mantine/core'
import { IconPlus, IconUserPlus } from '@tabler/icons-react'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { ColourScheme } from '../app/ColourScheme'
import { go } from '../app/router'
import { atLeast, type RoomSummary, useServices } from '../app/services'
import { useSignedIn } from '../app/session'
import { complain, reasonOf } from '../app/toast'
import { Wordmark } from '../app/Wordmark'
import { InviteDialog } from '../people/InviteDialog'
import { PeopleList } from '../people/PeopleList'
import { RoomCard } from './RoomCard'

const refreshEvery = 10_000

export function Rooms() {
  const { me, signOut } = useSignedIn()
  const { rooms, error, reload } = useRooms()
  const [creating, setCreating] = useState(false)
  const [inviting, setInviting] = useState(false)
  const mayCreate = atLeast(me.role, 'editor')
  const mayInvite = atLeast(me.role, 'owner')

  return (
    <div className="at-place">
      <nav className="at-place-bar" aria-label="Atelier">
        <Wordmark />
        <span className="at-spacer" />
        <ColourScheme />
        <span className="at-place-me">{me.user.name}</span>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={signOut}>
          Sign out
        </Button>
      </nav>
      <main className="at-place-main">
        <div className="at-place-head">
          <div>
            <h1 className="at-h1">Rooms</h1>
            <p className="at-muted">{me.workspace.name}</p>
          </div>
          <span className="at-spacer" />
          {mayInvite && (
            <Button variant="default" leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
              Invite
            </Button>
          )}
          {mayCreate && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
              New room
            </Button>
          )}
        </div>
        {error !== undefined && <p role="alert">{reasonOf(error)}</p>}
        {rooms === undefined && error === undefined && <Loader type="dots" aria-label="Loading rooms" />}
        {rooms?.length === 0 && <NoRooms mayCreate={mayCreate} create={() => setCreating(true)} />}
        {rooms && rooms.length > 0 && (
          <ul className="at-rooms">
            {rooms.map((room) => (
              <RoomCard key={room.id} room={room} changed={reload} />
            ))}
          </ul>
        )}
        <PeopleList />
      </main>
      <CreateRoom opened={creating} close={() => setCreating(false)} />
      <InviteDialog opened={inviting} close={() => setInviting(false)} />
    </div>
  )
}

function useRooms() {
  const { backend } = useServices()
  const [rooms, setRooms] = useState<RoomSummary[]>()
  const [error, setError] = useState<unknown>()
  const reload = useCallback(() => {
    backend.rooms().then((next) => {
      setRooms(next)
      setError(undefined)
    }, setError)
  }, [backend])
  useEffect(() => {
    reload()
    const timer = setInterval(reload, refreshEvery)
    return () => clearInterval(timer)
  }, [reload])
  return { rooms, error, reload }
}

function NoRooms({ mayCreate, create }: { mayCreate: boolean; create: () => void }) {
  return (
    <div className="at-empty">
      <img src="/favicon.svg" alt="" width={44} height={44} />
      <h2 className="at-h2">No rooms yet</h2>
      <p className="at-muted">A room is one endless canvas with a queue that everybody in it shares.</p>
      {mayCreate && <Button onClick={create}>Make the first room</Button>}
    </div>
  )
}

function CreateRoom({ opened, close }: { opened: boolean; close: () => void }) {
  const { backend } = useServices()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)

  async function create(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    try {
      const room = await backend.createRoom(name.trim())
      go(`/room/${room.id}`)
    } catch (error) {
      complain('The room was not made', error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal opened={opened} onClose={close} title="New room">
      <form onSubmit={create} className="at-form">
        <TextInput
          label="Name"
          placeholder="Spring campaign"
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} disabled={!name.trim()}>
          Make room
        </Button>
      </form>
    </Modal>
  )
}
