import { Button, CopyButton, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import type { Role } from '../../protocol/types'
import { useServices } from '../app/services'
import { complain } from '../app/toast'

const roles: { value: Role; label: string }[] = [
  { value: 'editor', label: 'Editor: changes the canvas and queues' },
  { value: 'commenter', label: 'Commenter: looks and comments' },
  { value: 'viewer', label: 'Viewer: looks' },
  { value: 'owner', label: 'Owner: everything' },
]

interface Props {
  opened: boolean
  close: () => void
  /** Only into this room; the whole workspace without. */
  room?: { id: string; name: string }
}

export function InviteDialog({ opened, close, room }: Props) {
  const { backend } = useServices()
  const [role, setRole] = useState<Role>('editor')
  const [url, setURL] = useState('')
  const [busy, setBusy] = useState(false)

  async function make() {
    setBusy(true)
    try {
      setURL((await backend.createInvite({ role, room: room?.id })).url)
    } catch (error) {
      complain('No link was made', error)
    } finally {
      setBusy(false)
    }
  }

  function leave() {
    setURL('')
    close()
  }

  return (
    <Modal opened={opened} onClose={leave} title={room ? `Invite to ${room.name}` : 'Invite to the workspace'}>
      <div className="at-form">
        <NativeSelect
          label="Who has the link is"
          data={roles}
          value={role}
          onChange={(event) => {
            setRole(event.currentTarget.value as Role)
            setURL('')
          }}
        />
        {url ? (
          <>
            <TextInput
              label="Invite link"
              description="It is shown this once. Send it to those you want here."
              readOnly
              value={url}
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton value={url}>
              {({ copied, copy }) => (
                <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                  {copied ? 'Copied' : 'Copy link'}
                </Button>
              )}
            </CopyButton>
          </>
        ) : (
          <Button onClick={make} loading={busy}>
            Make link
          </Button>
        )}
      </div>
    </Modal>
  )
}
