import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { atLeast } from '../../app/services'
import { useMayComment, useRoomState, useScope } from '../context'
import { agoText, momentText } from '../describe/time'
import { initials } from '../members'
import { useNameOf } from '../people'
import { CommentText } from './CommentText'
import { Composer } from './Composer'
import type { Comment, Thread } from './threads'

/** One comment; its author changes and deletes it, an owner may delete it. */
export function CommentView({ comment, thread }: { comment: Comment; thread: Thread }) {
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
        <When at={comment.at} />
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

function When({ at }: { at: number }) {
  if (at === 0) return <span className="at-muted at-small">Sending</span>
  const now = Date.now()
  return (
    <time className="at-muted at-small" dateTime={new Date(at).toISOString()} title={momentText(at, now)}>
      {agoText(at, now)}
    </time>
  )
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
