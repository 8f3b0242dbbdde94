import { createContext, useCallback, useContext } from 'react'
import { useServices } from '../../app/services'

export type AssetUrl = (id: string, download?: string) => string

/** Where assets come from when it is not the workspace: a shared lineage has its own way to them. */
export const AssetUrlContext = createContext<AssetUrl | null>(null)

export function useAssetUrl(): AssetUrl {
  const { backend } = useServices()
  const given = useContext(AssetUrlContext)
  const own = useCallback<AssetUrl>((id, download) => backend.assetUrl(id, download), [backend])
  return given ?? own
}
