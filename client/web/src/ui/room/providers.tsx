import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { CanvasRecord } from '../../store/api'
import { type Model, type Provider, useServices } from '../app/services'
import { complain } from '../app/toast'
import { text } from './canvas/geometry'

export interface ModelChoice {
  key: string
  label: string
  provider: string
  model: string
  kind: string
  default: boolean
  transforms: readonly string[]
  units: number
  inputs: Model['inputs']
}

const ModelsContext = createContext<ModelChoice[]>([])

/** Asks once a room which providers there are. */
export function ModelsProvider({ children }: { children: ReactNode }) {
  const { backend } = useServices()
  const [models, setModels] = useState<ModelChoice[]>([])
  useEffect(() => {
    backend.providers().then(
      (providers) => setModels(choicesOf(providers)),
      (error) => complain('The models are not listed', error),
    )
  }, [backend])
  return <ModelsContext value={models}>{children}</ModelsContext>
}

export function choicesOf(providers: Provider[]): ModelChoice[] {
  return providers.flatMap((provider) =>
    provider.models.map((model) => ({
      key: `${provider.name}/${model.name}`,
      label: model.title.includes(provider.title) ? model.title : `${model.title} · ${provider.title}`,
      provider: provider.name,
      model: model.name,
      kind: model.kind,
      default: model.default,
      transforms: model.transforms,
      units: model.units ?? 1,
      inputs: model.inputs ?? {},
    })),
  )
}

export function useModelList(): readonly ModelChoice[] {
  return useContext(ModelsContext)
}

/** The models of prompts, and the one that a prompt record names, or the default. */
export function useModels(record: CanvasRecord): { models: ModelChoice[]; chosen: ModelChoice | undefined } {
  const models = useContext(ModelsContext)
  const provider = text(record.props.provider)
  const model = text(record.props.model)
  return useMemo(() => {
    const named = models.find((m) => m.provider === provider && (m.model === model || !model))
    return { models, chosen: named ?? models.find((m) => m.default) ?? models[0] }
  }, [models, provider, model])
}
