import { useCallback, useMemo } from 'react'
import { useMayEdit, useScope } from '../context'
import { useModelList } from '../providers'
import { queueUp } from '../queue/queueUp'
import type { Media } from '../results/media'
import { type Recipe, type Remix, recipesOf, remixesOf } from './choices'
import { placeBeside, remixRequest, type Wish } from './request'

/** What can be made of sources, and making it. */
export function useRemix(sources: readonly Media[]): {
  may: boolean
  remixes: Remix[]
  recipes: Recipe[]
  make: (wish: Wish) => void
} {
  const { room } = useScope()
  const models = useModelList()
  const mayEdit = useMayEdit()
  const may = mayEdit && sources.length > 0 && sources.every(({ asset }) => asset !== '')
  const make = useCallback(
    (wish: Wish) => {
      const { records } = room.store.getState()
      const shown = sources.find(({ record }) => record !== undefined && records.has(record))?.record
      queueUp(room, remixRequest(sources, wish, placeBeside(shown === undefined ? undefined : records.get(shown))))
    },
    [room, sources],
  )
  const remixes = useMemo(() => remixesOf(models, sources), [models, sources])
  const recipes = useMemo(() => recipesOf(models, sources), [models, sources])
  return { may, remixes, recipes, make }
}
