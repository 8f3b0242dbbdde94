import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback, useRef, useState } from 'react'
import { ApiError } from '../../../protocol/errors'
import { each, fields, string } from '../../../protocol/shape'
import type { SpokenCommand } from '../../../store/commands'
import { useServices } from '../../app/services'
import { reasonOf } from '../../app/toast'
import { useFitAll } from '../canvas/useFitAll'
import { useScope } from '../context'
import { useModelList } from '../providers'
import { useAssetUrl } from '../results/assetUrl'
import { useCall } from '../voice/context'
import { contextOf } from './context'
import { perform } from './perform/perform'
import { Refusal, type Stage } from './perform/stage'

/** What the page says to what was said. */
export interface Answer {
  readonly tone: 'done' | 'question' | 'problem' | 'help'
  readonly words: string
  /** Phrases that would be understood. */
  readonly tries: readonly string[]
}

/** Has what somebody says or types understood and done. */
export function useCommands(stopListening: () => void) {
  const { room, ui } = useScope()
  const { backend } = useServices()
  const call = useCall()
  const stage = useStage()
  const [answer, setAnswer] = useState<Answer>()
  const [busy, setBusy] = useState(false)
  const pending = useRef<SpokenCommand>(undefined)
  /** One after the other: what is said may mean what was made just before. */
  const before = useRef<Promise<unknown>>(Promise.resolve())

  const act = useCallback(
    async (command: SpokenCommand): Promise<Answer> => {
      await perform(command, stage)
      return { tone: 'done', words: command.say, tries: [] }
    },
    [stage],
  )

  const take = useCallback(
    async (command: SpokenCommand): Promise<Answer> => {
      const asked = pending.current
      pending.current = undefined
      if (command.do === 'yes' && asked) return act({ ...asked, say: 'Done.' })
      if (command.do === 'yes' || command.do === 'no') return { tone: 'done', words: command.say, tries: [] }
      if (command.do === 'stop_listening') stopListening()
      if (command.do === 'help') return { tone: 'help', words: command.say, tries: examples }
      if (command.do === 'stop_listening') return { tone: 'done', words: command.say, tries: [] }
      if (!command.confirm) return act(command)
      pending.current = command
      return { tone: 'question', words: command.say, tries: [] }
    },
    [act, stopListening],
  )

  const understand = useCallback(
    async (words: string): Promise<Answer> => {
      const state = room.store.getState()
      const inCall = call !== null && call.store.getState().status !== 'out'
      const more = { in_call: inCall, asked: pending.current !== undefined }
      const context = contextOf(state, ui.getState().selection, more)
      return backend
        .understand(state.room?.id ?? '', words, context)
        .then(take)
        .catch(problemOf)
    },
    [room, ui, call, backend, take],
  )

  const say = useCallback(
    (words: string): Promise<Answer> => {
      setBusy(true)
      const next = before.current.then(() => understand(words))
      before.current = next
      return next.then((result) => {
        setBusy(before.current !== next)
        setAnswer(result)
        return result
      })
    },
    [understand],
  )

  const settle = useCallback(
    async (yes: boolean) => {
      const command = { do: yes ? 'yes' : 'no', say: 'Left as it was.' }
      setAnswer(await take(command).catch(problemOf))
    },
    [take],
  )

  return { answer, busy, say, settle }
}

export const examples: readonly string[] = [
  'Generate an image of a lighthouse at dusk',
  'Make it darker',
  'Download this',
  'Undo',
  'Zoom to everything',
  'Add a note saying ask Ana',
  'Mute me',
]

function problemOf(error: unknown): Answer {
  if (error instanceof Refusal) return { tone: 'problem', words: error.message, tries: [] }
  const details = error instanceof ApiError ? fields(error.details) : undefined
  const tries = each(details?.try, string)
  return { tone: 'problem', words: reasonOf(error), tries }
}

function useStage(): Stage {
  const { room, ui } = useScope()
  const call = useCall()
  const models = useModelList()
  const flow = useReactFlow()
  const store = useStoreApi()
  const fitAll = useFitAll()
  const assetUrl = useAssetUrl()
  const last = useRef<Stage>(undefined)
  const parts = { room, ui, call, models, flow, fitAll, assetUrl }
  const same = last.current && Object.entries(parts).every(([key, part]) => last.current?.[key as keyof Stage] === part)
  if (!same) {
    last.current = {
      ...parts,
      middle() {
        const { transform, width, height } = store.getState()
        const [x, y, zoom] = transform
        return { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom }
      },
      save,
    }
  }
  return last.current as Stage
}

function save(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
