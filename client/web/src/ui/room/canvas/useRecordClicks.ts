import type { MouseEvent } from 'react'
import { placeOn } from '../comments/place'
import { useMayComment, useScope } from '../context'
import type { CommentPlace } from '../uiStore'
import type { RecordNode } from './derive'

/** What a click means with the comment tool, and where a record's menu opens. */
export function useRecordClicks() {
  const { room, ui } = useScope()
  const mayComment = useMayComment()

  function commentAt(commenting: CommentPlace) {
    if (mayComment) ui.setState({ commenting, panel: 'comments', thread: null, tool: 'select' })
  }

  function clickRecord(_: MouseEvent, node: RecordNode) {
    const record = room.store.getState().records.get(node.id)
    if (ui.getState().tool === 'comment' && record) commentAt(placeOn(record))
  }

  function openMenu(event: MouseEvent, node: RecordNode) {
    // Within a field the browser's own menu has paste and spelling.
    if (event.target instanceof HTMLTextAreaElement && document.activeElement === event.target) return
    event.preventDefault()
    const { selection } = ui.getState()
    if (!selection.has(node.id)) ui.setState({ selection: new Set([node.id]) })
    ui.setState({ menu: { record: node.id, x: event.clientX, y: event.clientY } })
  }

  return { commentAt, clickRecord, openMenu }
}
