import { Button, Modal, NumberInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { complain } from '../../app/toast'
import { useRoom, useRoomState } from '../context'

/** From how many units on a job waits for an owner. */
export function ApprovalDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const room = useRoom()
  const now = useRoomState((state) => state.queue.approval_over ?? 0)
  const [over, setOver] = useState<string | number>('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (opened) setOver(now > 0 ? now : '')
  }, [opened, now])

  async function save(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    try {
      await room.setQueue({ approval_over: typeof over === 'number' ? over : 0 })
      close()
    } catch (error) {
      complain('Nothing was changed', error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal opened={opened} onClose={close} title="Approval">
      <form className="at-form" onSubmit={save}>
        <NumberInput
          label="Units a job may take without approval"
          description="A picture of the built-in renderer is 1 unit, four of them are 4. Empty: nothing waits for approval. Owners’ own jobs never do."
          placeholder="No limit"
          min={0}
          max={1_000_000}
          decimalScale={1}
          value={over}
          onChange={setOver}
          data-autofocus
        />
        <div className="at-form-acts">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  )
}
