import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useAssetUrl } from '../results/assetUrl'
import type { Media } from '../results/media'
import { drawStrokes, pixelAt, type Stroke } from './mask'

interface Size {
  width: number
  height: number
}

interface Props {
  picture: Media
  /** Pixels of the picture. */
  size: Size
  /** The picture's own size, when it is there. */
  loaded: (size: Size) => void
  strokes: readonly Stroke[]
  setStrokes: (strokes: readonly Stroke[]) => void
  mode: Stroke['mode']
  /** Across, in pixels of the picture. */
  brush: number
}

const step = 0.03

/** The picture with what is painted over it: by pointer, or with the arrow keys and Space. */
export function MaskCanvas({ picture, size, loaded, strokes, setStrokes, mode, brush }: Props) {
  const url = useAssetUrl()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drawing, setDrawing] = useState<Stroke | null>(null)
  const [cursor, setCursor] = useState<[number, number] | null>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, size.width, size.height)
    drawStrokes({ context, paint: '#7c73e3' }, drawing ? [...strokes, drawing] : strokes)
  }, [strokes, drawing, size])

  const at = (event: PointerEvent<HTMLCanvasElement>) =>
    pixelAt(event, event.currentTarget.getBoundingClientRect(), size)

  function begin(event: PointerEvent<HTMLCanvasElement>) {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setCursor(null)
    setDrawing({ mode, size: brush, points: [at(event)] })
  }

  function go(event: PointerEvent<HTMLCanvasElement>) {
    if (drawing) setDrawing({ ...drawing, points: [...drawing.points, at(event)] })
  }

  function end() {
    if (drawing) setStrokes([...strokes, drawing])
    setDrawing(null)
  }

  function key(event: KeyboardEvent) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const [x, y] = cursor ?? [size.width / 2, size.height / 2]
    if (by) {
      const far = step * Math.max(size.width, size.height)
      setCursor([within(x + (by[0] ?? 0) * far, size.width), within(y + (by[1] ?? 0) * far, size.height)])
    } else if (event.key === ' ') {
      setCursor([x, y])
      setStrokes([...strokes, { mode, size: brush, points: [[x, y]] }])
    } else return
    event.preventDefault()
  }

  return (
    <div
      className="at-mask"
      role="application"
      aria-label="Mask over the picture. Arrow keys move the brush, Space paints."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is painted on by keyboard
      tabIndex={0}
      onKeyDown={key}
      onBlur={() => setCursor(null)}
      style={{ aspectRatio: `${size.width || 4} / ${size.height || 3}` }}
    >
      <img
        src={url(picture.asset)}
        alt=""
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          if (width !== size.width || height !== size.height) loaded({ width, height })
        }}
      />
      <canvas
        ref={canvas}
        width={size.width || 1}
        height={size.height || 1}
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={() => setDrawing(null)}
      />
      {cursor && (
        <span
          className="at-mask-cursor"
          aria-hidden="true"
          style={{
            left: `${(cursor[0] / size.width) * 100}%`,
            top: `${(cursor[1] / size.height) * 100}%`,
            width: `${(brush / size.width) * 100}%`,
          }}
        />
      )}
    </div>
  )
}

function within(value: number, most: number): number {
  return Math.round(Math.min(most, Math.max(0, value)))
}
