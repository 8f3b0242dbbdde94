import { useEffect } from 'react'
import { useServices } from '../../app/services'
import { useScope } from '../context'
import { createAt, draftsOf, type Point, place, removeSelected, selectedRecords } from './actions'
import { parse, serialise } from './clipboard'
import { uploadAll } from './upload'
import { ownsKeys } from './useKeys'

/** Copy, cut and paste of records; pasted pictures are uploaded, any other text becomes a note. */
export function useClipboard(target: () => Point, mayEdit: boolean): void {
  const { room, ui } = useScope()
  const { backend } = useServices()

  useEffect(() => {
    function copy(event: ClipboardEvent) {
      if (ownsKeys(event.target) || String(getSelection()) !== '') return
      const records = selectedRecords(room, ui)
      if (records.length === 0) return
      event.clipboardData?.setData('text/plain', serialise(draftsOf(records)))
      event.preventDefault()
      if (event.type === 'cut' && mayEdit) removeSelected(room, ui)
    }
    function paste(event: ClipboardEvent) {
      if (ownsKeys(event.target) || !mayEdit || !event.clipboardData) return
      const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith('image/'))
      const text = event.clipboardData.getData('text/plain')
      const drafts = parse(text)
      if (pictures.length > 0) void uploadAll(pictures, target(), room, ui, backend)
      else if (drafts) place(room, ui, drafts, { at: target() })
      else if (text.trim()) createAt(room, ui, 'note', target(), { text: text.slice(0, 4000) })
      else return
      event.preventDefault()
    }
    window.addEventListener('copy', copy)
    window.addEventListener('cut', copy)
    window.addEventListener('paste', paste)
    return () => {
      window.removeEventListener('copy', copy)
      window.removeEventListener('cut', copy)
      window.removeEventListener('paste', paste)
    }
  }, [room, ui, backend, target, mayEdit])
}
