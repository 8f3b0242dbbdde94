import { useEffect } from 'react'
import { inform } from '../../app/toast'
import { useScope } from '../context'
import type { Tool } from '../uiStore'
import { createAt, duplicateSelected, nudgeSelected, type Point, removeSelected, selectAll } from './actions'
import { commentAt, enter, letGo, openMenu, refusal } from './keyActions'
import { useFitAll } from './useFitAll'

const arrows: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

const tools: Record<string, Tool> = { v: 'select', h: 'hand', p: 'prompt', n: 'note', t: 'text' }

const editing = new Set(['Delete', 'Backspace', 'u'])

/** True where keys belong to a field, a dialog or a menu and not to the canvas. */
export function ownsKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox], .at-compare, .at-travel',
    ) !== null
  )
}

interface Options {
  /** Where new records go when made by key: the middle of the view, or the pointer. */
  target: () => Point
  upload: () => void
  mayEdit: boolean
  mayComment: boolean
}

/** The canvas's keyboard map; docs are in KeyMap. */
export function useKeys({ target, upload, mayEdit, mayComment }: Options): void {
  const { room, ui } = useScope()
  const fitAll = useFitAll()

  useEffect(() => {
    let nudges = 0
    function withControl(key: string, shift: boolean): boolean {
      if (key === 'a') selectAll(room, ui)
      else if (!mayEdit) return false
      else if (key === 'z' && shift) room.redo()
      else if (key === 'z') room.undo()
      else if (key === 'y') room.redo()
      else if (key === 'd') duplicateSelected(room, ui)
      else return false
      return true
    }
    function edit(event: KeyboardEvent): boolean {
      const arrow = arrows[event.key]
      if (event.key === 'Delete' || event.key === 'Backspace') removeSelected(room, ui)
      else if (event.key === 'u') upload()
      else if (arrow && ui.getState().selection.size > 0) {
        if (!event.repeat) nudges += 1
        const step = event.shiftKey ? 20 : 2
        nudgeSelected(room, ui, { x: arrow.x * step, y: arrow.y * step }, `nudge-${nudges}`)
      } else return false
      return true
    }
    function plain(event: KeyboardEvent): boolean {
      const tool = tools[event.key]
      if (event.key === '?') ui.setState({ keys: true })
      else if (event.key === '/') ui.setState({ commanding: true })
      else if (event.key === '!' || (event.key === '1' && event.shiftKey)) fitAll(250)
      else if (event.key === 'Escape') letGo(ui)
      else if (event.key === 'Enter') return enter(room, ui)
      else if (event.key === 'c' && mayComment) commentAt(room, ui, target())
      else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) return openMenu(room, ui)
      else if (tool === 'select' || tool === 'hand') ui.setState({ tool })
      else if (tool && mayEdit) createAt(room, ui, tool, target())
      else if (mayEdit) return edit(event)
      else if (tool || editing.has(event.key)) inform(refusal(room, mayComment))
      else return false
      return true
    }
    function key(event: KeyboardEvent) {
      if (event.defaultPrevented || ownsKeys(event.target)) return
      if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('button, a')) return
      const control = event.ctrlKey || event.metaKey
      const done = control ? withControl(event.key.toLowerCase(), event.shiftKey) : !event.altKey && plain(event)
      if (done) event.preventDefault()
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [room, ui, fitAll, target, upload, mayEdit, mayComment])
}
