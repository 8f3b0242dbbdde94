import { ActionIcon, useComputedColorScheme } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { lengthText } from '../queue/wording'
import { useAssetUrl } from './assetUrl'
import { usePeaks } from './peaks'
import { coarser } from './waveform'

interface Props {
  asset: string
  /** What is heard, for who does not see it. */
  label: string
  /** Seconds, until the sound itself says so. */
  length: number
}

/** A sound: play, its waveform to seek in, and the time. */
export function AudioPlayer({ asset, label, length }: Props) {
  const url = useAssetUrl()(asset)
  const sound = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [failed, setFailed] = useState(false)
  const [at, setAt] = useState(0)
  const [total, setTotal] = useState(length)
  useFrames(playing, () => setAt(sound.current?.currentTime ?? 0))

  function toggle() {
    const element = sound.current
    if (!element) return
    if (element.paused) element.play().catch(() => setFailed(true))
    else element.pause()
  }

  function seek(to: number) {
    const element = sound.current
    if (!element) return
    element.currentTime = Math.min(total, Math.max(0, to))
    setAt(element.currentTime)
  }

  return (
    <div className="at-audio-player nodrag">
      {/* biome-ignore lint/a11y/useMediaCaption: generated sound has no captions */}
      <audio
        ref={sound}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onError={() => setFailed(true)}
        onLoadedMetadata={({ currentTarget: { duration } }) => {
          if (Number.isFinite(duration)) setTotal(duration)
        }}
      />
      <ActionIcon
        variant="filled"
        radius="xl"
        size={34}
        aria-label={`${playing ? 'Pause' : 'Play'} ${label.slice(0, 80)}`}
        disabled={failed}
        onClick={toggle}
      >
        {playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
      </ActionIcon>
      {failed ? (
        <p className="at-muted at-small">This sound does not load.</p>
      ) : (
        <Waveform url={url} at={at} total={total} seek={seek} toggle={toggle} />
      )}
      <span className="at-audio-time">
        {lengthText(at)} / {lengthText(total)}
      </span>
    </div>
  )
}

interface WaveformProps {
  url: string
  at: number
  total: number
  seek: (to: number) => void
  toggle: () => void
}

const step = 2

/** The sound's loudness over its time, a slider: what was heard is coloured. */
function Waveform({ url, at, total, seek, toggle }: WaveformProps) {
  const peaks = usePeaks(url)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(canvas)
  const scheme = useComputedColorScheme('light')
  const heard = total > 0 ? at / total : 0
  const drawn = peaks.state === 'there' ? peaks.peaks : undefined
  useEffect(() => {
    if (canvas.current) draw(canvas.current, drawn, heard)
    // Its width and colour are the canvas's own; when they change it is drawn anew.
    void [width, scheme]
  }, [drawn, heard, width, scheme])

  function key(event: KeyboardEvent) {
    const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: total }[event.key]
    if (to !== undefined) seek(to)
    else if (event.key === ' ') toggle()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  function drag(event: PointerEvent<HTMLCanvasElement>) {
    if (event.buttons !== 1 || total === 0) return
    const box = event.currentTarget.getBoundingClientRect()
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId)
    seek(((event.clientX - box.left) / box.width) * total)
  }

  return (
    <canvas
      ref={canvas}
      className="at-waveform"
      data-state={peaks.state}
      role="slider"
      tabIndex={0}
      aria-label="Place in the sound"
      aria-valuemin={0}
      aria-valuemax={Math.round(total)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={`${lengthText(at)} of ${lengthText(total)}`}
      onKeyDown={key}
      onPointerDown={drag}
      onPointerMove={drag}
    />
  )
}

const bar = 3
const between = 2

function draw(canvas: HTMLCanvasElement, peaks: Float32Array | undefined, heard: number): void {
  const ratio = window.devicePixelRatio || 1
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context || width === 0) return
  context.scale(ratio, ratio)
  const bars = Math.floor(width / (bar + between))
  const shown = peaks ? coarser(peaks, bars) : new Float32Array(bars)
  context.fillStyle = getComputedStyle(canvas).color
  for (let i = 0; i < bars; i++) {
    const tall = Math.max(2, (shown[Math.floor((i * shown.length) / bars)] ?? 0) * (height - 4))
    context.globalAlpha = (i + 0.5) / bars <= heard ? 1 : 0.32
    context.beginPath()
    context.roundRect(i * (bar + between), (height - tall) / 2, bar, tall, 1.5)
    context.fill()
  }
}

function useWidth(canvas: React.RefObject<HTMLCanvasElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = canvas.current
    if (!element || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [canvas])
  return width
}

function useFrames(running: boolean, frame: () => void): void {
  const latest = useRef(frame)
  latest.current = frame
  useEffect(() => {
    if (!running) return
    let next = 0
    const tick = () => {
      latest.current()
      next = requestAnimationFrame(tick)
    }
    tick()
    return () => cancelAnimationFrame(next)
  }, [running])
}
