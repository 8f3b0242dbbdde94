import { IconFileText, IconMovie, IconPhoto, IconWaveSine } from '@tabler/icons-react'
import { useAssetUrl } from './assetUrl'
import { FilmFrame } from './Film'
import type { Media } from './media'

const signs = { image: IconPhoto, video: IconMovie, audio: IconWaveSine, text: IconFileText }

/** A small picture of a medium, or its sign. */
export function Thumb({ media }: { media: Pick<Media, 'kind' | 'thumb' | 'asset'> }) {
  const url = useAssetUrl()
  const shown = media.thumb || (media.kind === 'image' ? media.asset : '')
  const Sign = signs[media.kind]
  if (shown) return <img src={url(shown)} alt="" loading="lazy" draggable={false} />
  if (media.kind === 'video' && media.asset) return <FilmFrame asset={media.asset} />
  return <Sign size={18} aria-hidden="true" />
}
