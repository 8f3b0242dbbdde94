/** Up to which moment (unix ms) somebody has read the comments of a room that call them. Kept by the browser. */
export interface SeenPort {
  read(): number
  write(at: number): void
}

export function seenIn(storage: Pick<Storage, 'getItem' | 'setItem'>, room: string, user: string): SeenPort {
  const key = `atelier:mentions:${room}:${user}`
  return {
    read() {
      const at = Number(storage.getItem(key))
      return Number.isFinite(at) ? at : 0
    },
    write(at) {
      try {
        storage.setItem(key, String(at))
      } catch {
        // Storage is full or forbidden: they are unread again after a reload, which is no harm.
      }
    },
  }
}
