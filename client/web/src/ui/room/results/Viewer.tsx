import '../../styles/viewer.css'
import { Modal } from '@mantine/core'
import { type KeyboardEvent, useCallback } from 'react'
import { complain } from '../../app/toast'
import { useRoom, useRoomState, useScope } from '../context'
import type { Viewed } from '../uiStore'
import { mediaName } from './media'
import { Stage } from './Stage'
import { beside, type View, viewOf } from './siblings'
import { ViewerFoot } from './ViewerFoot'

/** One result as large as the window allows, its siblings beside it, and all that can be done with it. */
export default function Viewer({ viewed }: { viewed: Viewed }) {
  const { ui } = useScope()
  const records = useRoomState((state) => state.records)
  const jobs = useRoomState((state) => state.jobs)
  const view = viewOf(viewed, records, jobs)
  const keys = useViewerKeys(view)
  if (!view) return null
  return (
    <Modal
      opened
      onClose={() => ui.setState({ viewing: null })}
      title={view.count > 1 ? `${mediaName(view.media)}, ${view.index + 1} of ${view.count}` : mediaName(view.media)}
      size="auto"
      padding="md"
      classNames={{ content: 'at-viewer-window' }}
      onKeyDown={keys}
    >
      <div className="at-viewer" data-kind={view.media.kind}>
        <Stage view={view} show={(next) => ui.setState({ viewing: next })} />
        <ViewerFoot view={view} />
      </div>
    </Modal>
  )
}

/** Left and right go through the results, 1 to 5 rate, 0 takes the rating back, W picks the winner. */
function useViewerKeys(view: View | undefined) {
  const { ui } = useScope()
  const room = useRoom()
  return useCallback(
    (event: KeyboardEvent) => {
      if (!view || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, video, [role=slider], [role=menu]')
      )
        return
      const step = { ArrowLeft: -1 as const, ArrowRight: 1 as const }[event.key]
      const next = step && beside(view, step)
      const { job, index } = view
      if (next) ui.setState({ viewing: next })
      else if (job && /^[0-5]$/.test(event.key)) {
        room.rateJob(job.id, index, Number(event.key)).catch((error) => complain('Your rating was not kept', error))
      } else if (job && view.count > 1 && event.key === 'w') {
        room.pickResult(job.id, index).catch((error) => complain('The winner was not picked', error))
      } else return
      event.preventDefault()
    },
    [view, ui, room],
  )
}
