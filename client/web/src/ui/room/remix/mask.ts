/** One stroke of a mask, in pixels of the picture. */
export interface Stroke {
  mode: 'paint' | 'erase'
  /** Across, in pixels. */
  size: number
  points: [x: number, y: number][]
}

export interface Brush {
  context: CanvasRenderingContext2D
  paint: string
}

/** Draws the strokes in their order; what is erased shows what is beneath. */
export function drawStrokes({ context, paint }: Brush, strokes: readonly Stroke[]): void {
  context.lineCap = 'round'
  context.lineJoin = 'round'
  for (const { mode, size, points } of strokes) {
    const [first, ...rest] = points
    if (!first) continue
    context.globalCompositeOperation = mode === 'paint' ? 'source-over' : 'destination-out'
    context.strokeStyle = paint
    context.lineWidth = size
    context.beginPath()
    context.moveTo(...first)
    // A line of no length still has its round ends: a dot.
    for (const point of rest.length > 0 ? rest : [first]) context.lineTo(...point)
    context.stroke()
  }
  context.globalCompositeOperation = 'source-over'
}

/** A point of the shown picture as one of its pixels. */
export function pixelAt(
  { clientX, clientY }: { clientX: number; clientY: number },
  box: { left: number; top: number; width: number; height: number },
  picture: { width: number; height: number },
): [number, number] {
  const x = ((clientX - box.left) / Math.max(1, box.width)) * picture.width
  const y = ((clientY - box.top) / Math.max(1, box.height)) * picture.height
  return [clamp(x, picture.width), clamp(y, picture.height)]
}

function clamp(value: number, most: number): number {
  return Math.round(Math.min(most, Math.max(0, value)))
}

/** Tells whether anything is left painted: a stroke that no later one could have erased whole is enough. */
export function paintsAnything(strokes: readonly Stroke[]): boolean {
  return strokes.some(({ mode }) => mode === 'paint')
}

/** The mask as a PNG of the picture's size: light where the picture is to change, dark elsewhere. */
export async function maskPNG(size: { width: number; height: number }, strokes: readonly Stroke[]): Promise<Blob> {
  const layer = canvasOf(size)
  drawStrokes({ context: layer.context, paint: '#fff' }, strokes)
  const whole = canvasOf(size)
  whole.context.fillStyle = '#000'
  whole.context.fillRect(0, 0, size.width, size.height)
  whole.context.drawImage(layer.canvas, 0, 0)
  return new Promise((resolve, reject) =>
    whole.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG was made'))), 'image/png'),
  )
}

function canvasOf({ width, height }: { width: number; height: number }) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws nothing')
  return { canvas, context }
}
