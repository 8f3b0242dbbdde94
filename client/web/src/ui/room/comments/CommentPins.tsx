import { IconMessageCircle } from '@tabler/icons-react'
import { memo } from 'react'
import { boxOf } from '../canvas/geometry'
import { Overlay } from '../canvas/Overlay'
import { meets, type Region, useRegion } from '../canvas/region'
import { useRecord, useRoomState, useScope, useUI } from '../context'
import { counted } from '../describe/cells'
import { initials } from '../members'
import { useNameOf } from '../people'
import { useUnread } from './CommentCalls'
import type { Thread } from './threads'
import { lengthOf, useThreads } from './useThreads'

/** Threads as pins on the canvas: on the corner of their record, or where they were put. */
export function CommentPins() {
  const threads = useThreads()
  const past = useRoomState((state) => state.past !== undefined)
  const open = useUI((state) => state.thread)
  const draft = useUI((state) => state.commenting)
  const unread = useUnread()
  const nameOf = useNameOf()
  const region = useRegion()
  // A resolved thread shows its pin only while it is open.
  const shown = threads.filter((thread) => thread.id === open || !thread.resolved)
  if (past || (shown.length === 0 && !draft)) return null
  return (
    <Overlay className="at-pins">
      {shown.map((thread) => (
        <Pin
          key={thread.id}
          thread={thread}
          region={region}
          open={thread.id === open}
          unread={unread.has(thread.id)}
          author={thread.first ? nameOf(thread.first.author) : ''}
        />
      ))}
      {draft && (
        <div className="at-pinned" style={{ transform: `translate(${draft.x}px, ${draft.y}px)` }}>
          <span className="at-pin" data-draft="true" />
        </div>
      )}
    </Overlay>
  )
}

interface PinProps {
  thread: Thread
  region: Region
  open: boolean
  unread: boolean
  author: string
}

const Pin = memo(function Pin({ thread, region, open, unread, author }: PinProps) {
  const { ui } = useScope()
  const target = useRecord(thread.target)
  // A target that is gone leaves its pin where the comment was made.
  const box = target && boxOf(target)
  const at = box ? { x: box.x + box.w, y: box.y } : { x: thread.x, y: thread.y }
  if (!meets(region, { ...at, w: 0, h: 0 })) return null
  const count = lengthOf(thread)
  return (
    <div className="at-pinned" style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
      <button
        type="button"
        className="at-pin nodrag nopan"
        data-thread={thread.id}
        data-initials={author ? initials(author) : undefined}
        data-open={open || undefined}
        data-unread={unread || undefined}
        aria-label={`Thread of ${author || 'somebody'}, ${counted(count, 'comment')}${unread ? ', not read' : ''}: ${thread.first?.text.slice(0, 60) ?? ''}`}
        aria-expanded={open}
        onClick={() => ui.setState({ panel: 'comments', thread: open ? null : thread.id, commenting: null })}
      >
        {!author && <IconMessageCircle size={14} aria-hidden="true" />}
        {count > 1 && <span className="at-pin-count">{count}</span>}
      </button>
    </div>
  )
})
