/** The loudest sample of each of `bars` equal parts of a sound, over all its channels, the loudest part being 1. */
export function peaksOf(channels: readonly Float32Array[], bars: number): Float32Array {
  const peaks = new Float32Array(Math.max(0, bars))
  const length = Math.max(0, ...channels.map((channel) => channel.length))
  if (length === 0) return peaks
  for (const channel of channels) {
    for (let bar = 0; bar < bars; bar++) {
      const [from, to] = partOf(bar, bars, length)
      let peak = peaks[bar] ?? 0
      for (let i = from; i < to && i < channel.length; i++) peak = Math.max(peak, Math.abs(channel[i] ?? 0))
      peaks[bar] = peak
    }
  }
  const loudest = peaks.reduce((a, b) => Math.max(a, b), 0)
  return loudest > 0 ? peaks.map((peak) => peak / loudest) : peaks
}

/** Where a part of a sound begins and ends; a sound shorter than its bars gives each at least one sample. */
function partOf(bar: number, bars: number, length: number): [number, number] {
  const from = Math.floor((bar * length) / bars)
  return [from, Math.max(from + 1, Math.floor(((bar + 1) * length) / bars))]
}

/** Fewer bars of finer ones: the loudest of those that each covers. */
export function coarser(peaks: Float32Array, bars: number): Float32Array {
  if (bars >= peaks.length) return peaks
  return Float32Array.from({ length: Math.max(0, bars) }, (_, bar) => {
    const [from, to] = partOf(bar, bars, peaks.length)
    return peaks.subarray(from, to).reduce((a, b) => Math.max(a, b), 0)
  })
}
