import { Button, Textarea } from '@mantine/core'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { readable } from '../colour'
import { initials } from '../members'
import { type KnownPerson, useEverybody } from '../people'
import { candidates, completed, mentioning, mentionsIn } from './mentions'

const longest = 4000

interface Props {
  label: string
  placeholder: string
  send: string
  start?: string
  focus?: boolean
  /** The text and the ids of those whom it calls. */
  onSend: (text: string, mentions: string[]) => void
  onCancel?: () => void
}

/** A text in which people are called by @Name. Ctrl+Enter sends, Escape leaves. */
export function Composer({ label, placeholder, send, start = '', focus, onSend, onCancel }: Props) {
  const [text, setText] = useState(start)
  const everybody = useEverybody()
  const field = useRef<HTMLTextAreaElement>(null)
  const mention = useMention(field, text, setText, everybody)
  const list = useId()
  const names = mention.shown.length > 0
  const ready = text.trim() !== ''

  function submit() {
    if (!ready) return
    onSend(text.trim(), mentionsIn(text, everybody))
    setText('')
  }
  function key(event: KeyboardEvent<HTMLTextAreaElement>) {
    event.stopPropagation()
    if (mention.key(event)) return
    if (event.key === 'Escape') {
      if (onCancel) onCancel()
      else field.current?.blur()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      submit()
    }
  }
  return (
    <form
      className="at-composer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Textarea
        ref={field}
        size="sm"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={longest}
        aria-label={label}
        placeholder={placeholder}
        autoFocus={focus}
        aria-autocomplete="list"
        aria-controls={names ? list : undefined}
        aria-activedescendant={names ? `${list}-${mention.at}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          mention.follow()
        }}
        onSelect={mention.follow}
        onBlur={mention.close}
        onKeyDown={key}
      />
      <Offered mention={mention} list={list} />
      <div className="at-composer-foot">
        <span className="at-muted at-small at-wide-only">@ calls somebody</span>
        {onCancel && (
          <Button size="xs" variant="subtle" color="gray" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button size="xs" type="submit" disabled={!ready}>
          {send}
        </Button>
      </div>
    </form>
  )
}

/** The names that fit what is typed. The text keeps the keyboard and says which of them is active. */
function Offered({ mention, list }: { mention: ReturnType<typeof useMention>; list: string }) {
  if (mention.shown.length === 0) return null
  return (
    <div className="at-mentions" role="listbox" id={list} aria-label="People to mention">
      {mention.shown.map((person, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the keyboard and names the active option
        // biome-ignore lint/a11y/useKeyWithClickEvents: the arrows and Enter choose from within the text
        <div
          key={person.id}
          id={`${list}-${i}`}
          role="option"
          aria-selected={i === mention.at}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => mention.choose(person)}
        >
          <span
            className="at-initials"
            aria-hidden="true"
            style={person.colour ? { background: readable(person.colour), color: '#fff' } : undefined}
          >
            {initials(person.name)}
          </span>
          {person.name}
        </div>
      ))}
    </div>
  )
}

/** Who is offered while a name is typed. */
function useMention(
  field: React.RefObject<HTMLTextAreaElement | null>,
  text: string,
  setText: (text: string) => void,
  everybody: readonly KnownPerson[],
) {
  const [caret, setCaret] = useState<number | null>(null)
  const [at, setAt] = useState(0)
  const typing = caret === null ? undefined : mentioning(text, caret)
  const shown = typing ? candidates(everybody, typing.typed) : []
  const done = shown.length === 1 && shown[0]?.name === typing?.typed
  const offered = done ? [] : shown

  const close = () => setCaret(null)
  const follow = () => {
    setCaret(field.current?.selectionStart ?? null)
    setAt(0)
  }
  const choose = (person: KnownPerson) => {
    if (!typing) return
    const next = completed(text, typing, person.name)
    setText(next.text)
    close()
    // After React has put the text in, which would move the caret to its end.
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret))
  }
  const key = (event: KeyboardEvent): boolean => {
    const person = offered[at]
    if (!person) return false
    if (event.key === 'ArrowDown') setAt((at + 1) % offered.length)
    else if (event.key === 'ArrowUp') setAt((at + offered.length - 1) % offered.length)
    else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') choose(person)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    return true
  }
  return { shown: offered, at, choose, follow, close, key }
}
