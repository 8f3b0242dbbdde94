import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { useMayEdit, useScope, useUI } from '../context'
import { useDraft } from '../useDraft'
import { carried } from './caret'

interface Props {
  record: string
  prop: string
  value: string
  label: string
  placeholder?: string
  maxLength?: number
  className?: string
  style?: CSSProperties
  /** Takes the keyboard when its record was just made. */
  first?: boolean
  onSubmit?: () => void
}

/** A plain text area over one cell. Escape leaves it; the canvas gets none of its keys, wheel or drags. */
export function TextField({ record, prop, value, label, first, onSubmit, maxLength = 4000, ...rest }: Props) {
  const { draft, change, focus, leave, write } = useDraft(record, prop, value)
  const field = useRef<HTMLTextAreaElement>(null)
  const caret = useCaret(field, draft)
  const mayEdit = useMayEdit()
  const { ui } = useScope()
  const wanted = useUI((state) => first === true && state.focus === record)

  useEffect(() => {
    if (!wanted) return
    field.current?.focus({ preventScroll: true })
    ui.setState({ focus: null })
  }, [wanted, ui])

  function key(event: KeyboardEvent<HTMLTextAreaElement>) {
    event.stopPropagation()
    if (event.key === 'Escape') field.current?.blur()
    if (onSubmit && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      write()
      onSubmit()
    }
  }

  return (
    <textarea
      ref={field}
      aria-label={label}
      readOnly={!mayEdit}
      maxLength={maxLength}
      spellCheck={false}
      value={draft}
      onChange={(event) => {
        caret.typed(event.currentTarget.value)
        change(event.currentTarget.value)
      }}
      onSelect={caret.keep}
      onFocus={() => {
        if (!mayEdit) return
        focus()
        ui.setState({ writing: { record, prop } })
      }}
      onBlur={() => {
        if (!mayEdit) return
        leave()
        ui.setState({ writing: null })
      }}
      onKeyDown={key}
      {...rest}
      className={`at-field nodrag nopan nowheel ${rest.className ?? ''}`}
    />
  )
}

/** Keeps the caret beside its letters when somebody else's words come in. */
function useCaret(field: React.RefObject<HTMLTextAreaElement | null>, draft: string) {
  const shown = useRef(draft)
  const at = useRef<[number, number]>([0, 0])
  useLayoutEffect(() => {
    const before = shown.current
    shown.current = draft
    if (before === draft || document.activeElement !== field.current) return
    const [start, end] = at.current
    field.current?.setSelectionRange(carried(start, before, draft), carried(end, before, draft))
  }, [field, draft])
  const keep = () => {
    if (field.current) at.current = [field.current.selectionStart, field.current.selectionEnd]
  }
  const typed = (text: string) => {
    shown.current = text
    keep()
  }
  return { keep, typed }
}
