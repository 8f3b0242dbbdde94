import { Button, Modal } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { CanvasRecord } from '../../../store/api'
import { useRoom, useRoomState, useScope } from '../context'
import { requestOf } from '../generate'
import { useModels } from '../providers'
import { queueUp } from '../queue/queueUp'
import { inputsOf } from './inputs'
import { SweepFields } from './SweepFields'
import { sweepOf } from './sweep'

/** A prompt's generation, once for each value of one of its settings. */
export default function SweepDialog({ prompt }: { prompt: string }) {
  const { ui } = useScope()
  const record = useRoomState((state) => state.records.get(prompt))
  const close = () => ui.setState({ sweeping: null })
  return (
    <Modal opened={record !== undefined} onClose={close} title="Sweep over a setting">
      {record && <Sweeping record={record} close={close} />}
    </Modal>
  )
}

function Sweeping({ record, close }: { record: CanvasRecord; close: () => void }) {
  const room = useRoom()
  const { chosen } = useModels(record)
  const [param, setParam] = useState('')
  const [values, setValues] = useState('')
  const { sweep } = sweepOf(param, values)

  function queue(event: FormEvent) {
    event.preventDefault()
    const { records, jobs } = room.store.getState()
    const { count: _, ...request } = requestOf(record, chosen, inputsOf(records, jobs, record.id))
    queueUp(room, { ...request, sweep })
    close()
  }

  return (
    <form className="at-form" onSubmit={queue}>
      <SweepFields
        kind={chosen?.kind ?? 'image'}
        transform="generate"
        param={param}
        setParam={setParam}
        values={values}
        setValues={setValues}
      />
      <div className="at-form-acts">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={!sweep}>
          {sweep ? `Queue ${sweep.values.length}` : 'Queue'}
        </Button>
      </div>
    </form>
  )
}
