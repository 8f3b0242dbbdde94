import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconCircleCheck, IconFocus2, IconRotateClockwise } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useMayComment, useRecord, useRoomState, useScope } from '../context'
import { counted, recordText } from '../describe/cells'
import { agoText } from '../describe/time'
import { initials } from '../members'
import { useNameOf } from '../people'
import { CommentView } from './CommentView'
import { Composer } from './Composer'
import { commentsOf, type Thread } from './threads'

/** What a thread is about, in words. A record may be gone, or be on a branch alone. */
function useAbout({ target }: Thread): string {
  const record = useRecord(target)
  const branch = useRoomState((state) => {
    if (!target || state.records.has(target)) return ''
    return [...state.branches.values()].find((one) => one.open && one.records.get(target)?.kind)?.name ?? ''
  })
  if (!target) return 'On a free place'
  if (record) return `On ${recordText(record.kind, record.props)}`
  return branch ? `On something that is only on ${branch}` : 'On something that was deleted'
}

/** A thread in the list. */
export function ThreadCard({ thread, unread }: { thread: Thread; unread: boolean }) {
  const { ui } = useScope()
  const nameOf = useNameOf()
  const about = useAbout(thread)
  const { first, answers } = thread
  const author = first ? nameOf(first.author) : ''
  const newest = commentsOf(thread).at(-1)
  return (
    <button
      type="button"
      className="at-thread-card"
      data-thread={thread.id}
      data-unread={unread || undefined}
      onClick={() => ui.setState({ thread: thread.id })}
    >
      <span className="at-initials" aria-hidden="true">
        {initials(author)}
      </span>
      <span className="at-thread-words">
        <span className="at-thread-head">
          <span className="at-thread-author">{author || 'Somebody'}</span>
          {newest && newest.at > 0 && <span className="at-muted at-small">{agoText(newest.at, Date.now())}</span>}
          {unread && <span className="at-unread">mentions you</span>}
        </span>
        <span className="at-thread-text">{first?.text || 'This comment was deleted'}</span>
        <span className="at-muted at-small">
          {about}
          {answers.length > 0 && ` · ${counted(answers.length, 'answer')}`}
        </span>
      </span>
    </button>
  )
}

export function ThreadView({ thread }: { thread: Thread }) {
  const { room, ui } = useScope()
  const mayComment = useMayComment()
  const about = useAbout(thread)
  const { first, resolved } = thread
  return (
    <section className="at-thread" aria-label={`Thread: ${first?.text.slice(0, 60) ?? about}`}>
      <header>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="All threads"
          onClick={() => ui.setState({ thread: null })}
        >
          <IconArrowLeft size={17} />
        </ActionIcon>
        <span className="at-thread-about">{about}</span>
        <Show thread={thread} />
        {mayComment && first && (
          <Button
            size="compact-sm"
            variant={resolved ? 'default' : 'light'}
            leftSection={resolved ? <IconRotateClockwise size={14} /> : <IconCircleCheck size={14} />}
            onClick={() => room.edit([[thread.id, 'resolved', !resolved]])}
          >
            {resolved ? 'Reopen' : 'Resolve'}
          </Button>
        )}
      </header>
      <ol>
        {commentsOf(thread).map((comment) => (
          <CommentView key={comment.id} comment={comment} thread={thread} />
        ))}
      </ol>
      {mayComment && first && (
        <Composer
          label="Answer"
          placeholder={resolved ? 'Answer, and open it again' : 'Answer'}
          send="Answer"
          onSend={(text, mentions) => {
            room.create('comment', { text, mentions, thread: thread.id })
            if (resolved) room.edit([[thread.id, 'resolved', false]])
          }}
        />
      )}
    </section>
  )
}

function Show({ thread }: { thread: Thread }) {
  const flow = useReactFlow()
  const { ui } = useScope()
  const there = useRoomState((state) => state.records.has(thread.target))
  return (
    <Tooltip label="Show on the canvas">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Show on the canvas"
        onClick={() => {
          ui.setState({ following: null })
          if (there) void flow.fitView({ nodes: [{ id: thread.target }], padding: 0.6, maxZoom: 1.2, duration: 300 })
          else void flow.setCenter(thread.x, thread.y, { zoom: Math.max(0.6, flow.getZoom()), duration: 300 })
        }}
      >
        <IconFocus2 size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
