import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import {
  IconArrowLeft,
  IconCircleCheck,
  IconDots,
  IconFocus2,
  IconPencil,
  IconRotateClockwise,
  IconTrash,
} from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useState } from 'react'
import { atLeast } from '../../app/services'
import { useMayComment, useRecord, useRoomState, useScope } from '../context'
import { counted, recordText } from '../describe/cells'
import { agoText, momentText } from '../describe/time'
import { initials } from '../members'
import { useNameOf } from '../people'
import { CommentText } from './CommentText'
import { Composer } from './Composer'
import { type Comment, commentsOf, type Thread } from './threads'

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

function CommentView({ comment, thread }: { comment: Comment; thread: Thread }) {
  const { room } = useScope()
  const nameOf = useNameOf()
  const self = useRoomState((state) => state.self)
  const owner = useRoomState((state) => atLeast(state.role, 'owner'))
  const mayComment = useMayComment()
  const [editing, setEditing] = useState(false)
  const own = comment.author === self?.user || comment.author === ''
  const name = comment.author ? nameOf(comment.author) : (self?.name ?? '')
  if (comment.text === '') {
    return (
      <li className="at-comment">
        <p className="at-muted">This comment was deleted.</p>
      </li>
    )
  }
  return (
    <li className="at-comment" data-comment={comment.id}>
      <header>
        <span className="at-initials" aria-hidden="true">
          {initials(name)}
        </span>
        <span className="at-thread-author">{name}</span>
        <span className="at-muted at-small">
          {comment.at > 0 ? (
            <time dateTime={new Date(comment.at).toISOString()} title={momentText(comment.at, Date.now())}>
              {agoText(comment.at, Date.now())}
            </time>
          ) : (
            'Sending'
          )}
        </span>
        {mayComment && (own || owner) && !editing && (
          <CommentMenu
            own={own}
            words={comment.text.slice(0, 40)}
            edit={() => setEditing(true)}
            remove={() => removeComment(comment)}
          />
        )}
      </header>
      {editing ? (
        <Composer
          label="Change the comment"
          placeholder=""
          send="Save"
          start={comment.text}
          focus
          onSend={(text, mentions) => {
            room.edit([
              [comment.id, 'text', text, comment.text],
              [comment.id, 'mentions', mentions, comment.mentions],
            ])
            setEditing(false)
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <CommentText text={comment.text} mentions={comment.mentions} />
      )}
    </li>
  )

  /** A first comment with answers stays as their place: its words go. An owner cannot change words, only take it away. */
  function removeComment({ id, text }: Comment) {
    const holds = id === thread.id && thread.answers.length > 0
    if (holds && own) room.edit([[id, 'text', '', text]])
    else room.remove([id])
  }
}

interface CommentMenuProps {
  own: boolean
  words: string
  edit: () => void
  remove: () => void
}

function CommentMenu({ own, words, edit, remove }: CommentMenuProps) {
  return (
    <Menu position="bottom-end" width={150} shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More about the comment: ${words}`}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {own && (
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={edit}>
            Edit
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconTrash size={15} />} onClick={remove}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
