import { useEffect, useState } from 'react'
import { peaksOf } from './waveform'

const finest = 600
const kept = 40

const known = new Map<string, Promise<Float32Array>>()

/** The decoded peaks of a sound, worked out once for each of the newest sounds. Rejects when it does not load or decode. */
export function peaksAt(url: string): Promise<Float32Array> {
  const there = known.get(url)
  if (there) return there
  const peaks = decode(url)
  known.set(url, peaks)
  // A sound that did not come may come the next time.
  peaks.catch(() => known.delete(url))
  const [oldest] = known.keys()
  if (known.size > kept && oldest !== undefined) known.delete(oldest)
  return peaks
}

async function decode(url: string): Promise<Float32Array> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the sound is not there: ${answer.status}`)
  // Decoding needs a context, not a device: an offline one is allowed before the first click.
  const sound = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(await answer.arrayBuffer())
  const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i))
  return peaksOf(channels, finest)
}

export type PeaksState = { state: 'loading' } | { state: 'failed' } | { state: 'there'; peaks: Float32Array }

export function usePeaks(url: string): PeaksState {
  const [peaks, setPeaks] = useState<PeaksState>({ state: 'loading' })
  useEffect(() => {
    let left = false
    setPeaks({ state: 'loading' })
    peaksAt(url).then(
      (found) => !left && setPeaks({ state: 'there', peaks: found }),
      () => !left && setPeaks({ state: 'failed' }),
    )
    return () => {
      left = true
    }
  }, [url])
  return peaks
}
