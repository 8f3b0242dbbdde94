import { decode } from 'blurhash'
import { useEffect, useRef, useState } from 'react'
import { useAssetUrl } from '../results/assetUrl'

const grain = 32

/** A picture that shows its BlurHash until its bytes are there, and says so when they never come. */
export function Picture({ asset, placeholder, alt }: { asset: string; placeholder: string; alt: string }) {
  const url = useAssetUrl()
  const [state, setState] = useState<'loading' | 'there' | 'failed'>('loading')
  return (
    <div className="at-picture">
      {placeholder && state !== 'there' && <Blur hash={placeholder} />}
      {state === 'failed' ? (
        <p className="at-picture-failed">This picture does not load.</p>
      ) : (
        <img
          src={url(asset)}
          alt={alt}
          draggable={false}
          decoding="async"
          data-state={state}
          onLoad={() => setState('there')}
          onError={() => setState('failed')}
        />
      )}
    </div>
  )
}

function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    try {
      const pixels = new ImageData(grain, grain)
      pixels.data.set(decode(hash, grain, grain))
      context.putImageData(pixels, 0, 0)
    } catch {
      // Not a BlurHash: the plain background stands in.
    }
  }, [hash])
  return <canvas ref={canvas} className="at-blur" width={grain} height={grain} />
}
