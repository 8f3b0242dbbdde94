import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Call } from '../../../voice/call'
import { ownsKeys } from '../canvas/useKeys'

/** M mutes; while Space is held, one who is muted speaks. Keys of fields, buttons and dialogs are theirs. */
export function useCallKeys(call: Call): void {
  const inCall = useStore(call.store, ({ status }) => status !== 'out')
  useEffect(() => {
    if (!inCall) return
    const over = new AbortController()
    const { signal } = over
    const release = () => call.hold(false)
    const down = (event: KeyboardEvent) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat
      if (event.defaultPrevented || !plain || ownsKeys(event.target)) return
      if (event.key.toLowerCase() === 'm') void call.mute(!call.store.getState().muted)
      else if (event.key === ' ' && !pressable(event.target)) call.hold(true)
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', down, { signal })
    window.addEventListener('keyup', (event) => event.key === ' ' && release(), { signal })
    // What is let go elsewhere is let go.
    window.addEventListener('blur', release, { signal })
    document.addEventListener('visibilitychange', release, { signal })
    return () => {
      over.abort()
      release()
    }
  }, [call, inCall])
}

function pressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, summary, [role=button], [role=slider]') !== null
}
