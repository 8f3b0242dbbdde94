import { createContext, type RefObject, useContext, useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Call } from '../../../voice/call'
import type { CallState } from '../../../voice/state'
import { useRoom } from '../context'

/** The person's place in the room's call; null where there is none to have. */
export const CallContext = createContext<Call | null>(null)

export const useCall = () => useContext(CallContext)

const noCall = createStore<Pick<CallState, 'status' | 'volumes'>>(() => ({ status: 'out', volumes: new Map() }))

export function useIsIn(): boolean {
  return useStore(useCall()?.store ?? noCall, ({ status }) => status !== 'out')
}

export function useVolume(user: string): number {
  return useStore(useCall()?.store ?? noCall, ({ volumes }) => volumes.get(user) ?? 1)
}

/** Has an element show how loud a member speaks, without React: `data-speaking`, and `--at-loud` from 0 to 1. */
export function useLoudness(ref: RefObject<HTMLElement | null>, member: number): void {
  const { voices } = useRoom().call
  useEffect(() => {
    const show = (level: number) => ref.current && showLoudness(ref.current, level)
    show(voices.levels.get(member) ?? 0)
    return voices.subscribe((m, level) => m === member && show(level))
  }, [voices, ref, member])
}

export function showLoudness(element: HTMLElement, level: number): void {
  element.toggleAttribute('data-speaking', level > 0)
  element.style.setProperty('--at-loud', String(level / 9))
}
