import { IconGripVertical } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useRoomState } from '../context'
import { indexAt, whose } from './reorder'
import { useReorderingOf } from './useReordering'

/** Moves a waiting job among those of its requester: dragged, or with the arrow keys. */
export function MoveHandle({ job, words }: { job: string; words: string }) {
  const { lineOf, move } = useReorderingOf()
  const self = useRoomState((state) => state.self?.user)
  const line = lineOf(job)
  const order = line?.ids ?? []
  const drag = useRef<{ from: number; row: HTMLElement } | null>(null)
  const at = order.indexOf(job)
  if (!line || order.length < 2) return null

  function key(event: KeyboardEvent) {
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: order.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    move(job, to)
  }

  function take(event: PointerEvent<HTMLButtonElement>) {
    const row = event.currentTarget.closest<HTMLElement>('[data-entry]')
    if (!row || event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { from: event.clientY, row }
    row.dataset.dragged = ''
  }

  function carry(event: PointerEvent) {
    if (!drag.current) return
    const { from, row } = drag.current
    row.style.setProperty('--at-dragged-by', `${event.clientY - from}px`)
    showGap(row, order, job, event.clientY)
  }

  function leave(): HTMLElement | undefined {
    const row = drag.current?.row
    drag.current = null
    if (!row) return undefined
    delete row.dataset.dragged
    row.style.removeProperty('--at-dragged-by')
    for (const marked of row.parentElement?.querySelectorAll<HTMLElement>('[data-gap]') ?? []) delete marked.dataset.gap
    return row
  }

  return (
    <button
      type="button"
      className="at-move"
      aria-label={`Move ${words}, place ${at + 1} of ${order.length} of ${whose(line, self)}`}
      title="Drag, or use the arrow keys"
      onKeyDown={key}
      onPointerDown={take}
      onPointerMove={carry}
      onPointerCancel={leave}
      onPointerUp={(event) => {
        const row = leave()
        if (row) move(job, indexAt(middlesOf(row, order, job), event.clientY))
      }}
    >
      <IconGripVertical size={14} aria-hidden="true" />
    </button>
  )
}

function othersOf(row: HTMLElement, order: readonly string[], job: string): HTMLElement[] {
  return order.flatMap((id) => {
    const other = id === job ? null : row.parentElement?.querySelector<HTMLElement>(`[data-mover="${CSS.escape(id)}"]`)
    return other ?? []
  })
}

function middlesOf(row: HTMLElement, order: readonly string[], job: string): number[] {
  return othersOf(row, order, job).map((other) => {
    const { top, height } = other.getBoundingClientRect()
    return top + height / 2
  })
}

/** A line where the job would go. */
function showGap(row: HTMLElement, order: readonly string[], job: string, y: number): void {
  const others = othersOf(row, order, job)
  const at = indexAt(middlesOf(row, order, job), y)
  for (const [i, other] of others.entries()) {
    const gap = i === at ? 'before' : i === others.length - 1 && at > i ? 'behind' : undefined
    if (gap) other.dataset.gap = gap
    else delete other.dataset.gap
  }
}
