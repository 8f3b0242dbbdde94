import { diffWordsWithSpace } from 'diff'
import type { Words } from '../../../store/versioning'

/** The words that went and came between two texts that only the page has; the server sends them with its own. */
export function wordsBetween(before: string, after: string): Words[] {
  return diffWordsWithSpace(before, after).map(({ added, removed, value }) => ({
    op: added ? 'new' : removed ? 'gone' : 'same',
    text: value,
  }))
}
