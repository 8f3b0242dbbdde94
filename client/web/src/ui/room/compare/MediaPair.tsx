import { Modal } from '@mantine/core'
import { IconMaximize } from '@tabler/icons-react'
import { useState } from 'react'
import { useServices } from '../../app/services'
import type { Media } from '../describe/presentation'
import { Picture } from '../kinds/Picture'

interface Props {
  kind: string
  a?: Media
  b?: Media
  names: { a: string; b: string }
}

/** Two pictures, films or sounds beside each other; a picture opens in full. */
export function MediaPair({ kind, a, b, names }: Props) {
  return (
    <div className="at-media-pair">
      <One kind={kind} media={a} name={names.a} />
      <One kind={kind} media={b} name={names.b} />
    </div>
  )
}

function One({ kind, media, name }: { kind: string; media: Media | undefined; name: string }) {
  const { backend } = useServices()
  const [full, setFull] = useState(false)
  if (!media) return <p className="at-media-none at-muted">Nothing on {name}</p>
  if (kind === 'audio') {
    // biome-ignore lint/a11y/useMediaCaption: generated media has no captions
    return <audio src={backend.assetUrl(media.asset)} controls preload="metadata" aria-label={`Sound on ${name}`} />
  }
  if (kind === 'video') {
    // biome-ignore lint/a11y/useMediaCaption: generated media has no captions
    return <video src={backend.assetUrl(media.asset)} controls preload="metadata" aria-label={`Video on ${name}`} />
  }
  return (
    <>
      <button
        type="button"
        className="at-media"
        aria-label={`Picture on ${name}: open in full`}
        onClick={() => setFull(true)}
      >
        <Picture key={media.asset} asset={media.thumb ?? media.asset} placeholder="" alt="" />
        <IconMaximize size={16} aria-hidden="true" />
      </button>
      <Modal opened={full} onClose={() => setFull(false)} title={name} size="auto" padding="md">
        <div className="at-viewer">
          <Picture asset={media.asset} placeholder="" alt={`Picture on ${name}`} />
        </div>
      </Modal>
    </>
  )
}
