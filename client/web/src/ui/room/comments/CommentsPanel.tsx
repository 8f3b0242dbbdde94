import '../../styles/comments.css'
import { Button, SegmentedControl } from '@mantine/core'
import { IconMessageCircle, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useMayComment, useRecord, useRoomState, useScope, useUI } from '../context'
import { recordText } from '../describe/cells'
import type { CommentPlace } from '../uiStore'
import { useUnread } from './CommentCalls'
import { Composer } from './Composer'
import { ThreadCard, ThreadView } from './ThreadView'
import { filtered, type ThreadFilter } from './threads'
import { useThread, useThreads } from './useThreads'

/** All threads, one thread, or the comment that is being begun. */
export default function CommentsPanel() {
  const thread = useThread(useUI((state) => state.thread))
  const commenting = useUI((state) => state.commenting)
  if (commenting) return <NewThread place={commenting} />
  if (thread) return <ThreadView key={thread.id} thread={thread} />
  return <Threads />
}

function Threads() {
  const { ui } = useScope()
  const threads = useThreads()
  const unread = useUnread()
  const user = useRoomState((state) => state.self?.user)
  const mayComment = useMayComment()
  const [filter, setFilter] = useState<ThreadFilter>('open')
  const shown = filtered(threads, filter, user)
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        mb={12}
        aria-label="Which threads"
        value={filter}
        onChange={(next) => setFilter(next as ThreadFilter)}
        data={[
          { value: 'open', label: 'Open' },
          { value: 'mine', label: 'Mine' },
          { value: 'resolved', label: 'Resolved' },
        ]}
      />
      {shown.length === 0 ? (
        <div className="at-panel-empty at-comments-empty">
          <IconMessageCircle size={30} aria-hidden="true" />
          <p>{emptyText(filter)}</p>
          {filter === 'open' && mayComment && (
            <p className="at-muted">Press C, or take the comment tool, and click something on the canvas.</p>
          )}
        </div>
      ) : (
        <ul className="at-threads">
          {shown.map((thread) => (
            <li key={thread.id}>
              <ThreadCard thread={thread} unread={unread.has(thread.id)} />
            </li>
          ))}
        </ul>
      )}
      {mayComment && (
        <Button
          size="xs"
          variant="light"
          fullWidth
          leftSection={<IconPlus size={14} />}
          onClick={() => ui.setState({ tool: 'comment' })}
        >
          New comment
        </Button>
      )}
    </>
  )
}

function emptyText(filter: ThreadFilter): string {
  switch (filter) {
    case 'open':
      return 'No open threads'
    case 'mine':
      return 'No thread is yours or calls you'
    case 'resolved':
      return 'Nothing is resolved yet'
  }
}

function NewThread({ place }: { place: CommentPlace }) {
  const { room, ui } = useScope()
  const target = useRecord(place.target ?? '')
  return (
    <section aria-label="New comment">
      <h2 className="at-panel-title">{target ? `On ${recordText(target.kind, target.props)}` : 'On a free place'}</h2>
      <Composer
        label="New comment"
        placeholder="What about it?"
        send="Comment"
        focus
        onSend={(text, mentions) => {
          const id = room.create('comment', { text, mentions, ...place })
          ui.setState({ commenting: null, thread: id })
        }}
        onCancel={() => ui.setState({ commenting: null })}
      />
    </section>
  )
}
