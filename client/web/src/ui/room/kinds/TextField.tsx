import { type CSSProperties, type KeyboardEvent, useEffect, useRef } from 'react'
import { useMayEdit, useScope, useUI } from '../context'
import { useDraft } from '../useDraft'

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
      onChange={(event) => change(event.currentTarget.value)}
      onFocus={mayEdit ? focus : undefined}
      onBlur={mayEdit ? leave : undefined}
      onKeyDown={key}
      {...rest}
      className={`at-field nodrag nopan nowheel ${rest.className ?? ''}`}
    />
  )
}
