import { useState } from 'react'
import { useAssetUrl } from './assetUrl'
import { type Media, mediaWords } from './media'

/** A film with the browser's own controls, its poster until it plays. */
export function Film({ media, start }: { media: Media; start?: 'now' }) {
  const url = useAssetUrl()
  const [failed, setFailed] = useState(false)
  if (failed) return <p className="at-film-failed">This film does not load in this browser.</p>
  return (
    // biome-ignore lint/a11y/useMediaCaption: generated films have no captions
    <video
      className="at-film nodrag nowheel"
      src={url(media.asset)}
      poster={media.thumb ? url(media.thumb) : undefined}
      controls
      playsInline
      autoPlay={start === 'now'}
      preload="metadata"
      width={media.width || undefined}
      height={media.height || undefined}
      aria-label={mediaWords(media)}
      onError={() => setFailed(true)}
    />
  )
}

/** A still of a film that has no poster: the browser loads no more of it than its beginning. */
export function FilmFrame({ asset }: { asset: string }) {
  const url = useAssetUrl()
  return (
    <video
      className="at-film-frame"
      src={`${url(asset)}#t=0.1`}
      preload="metadata"
      muted
      playsInline
      tabIndex={-1}
      aria-hidden="true"
    />
  )
}
