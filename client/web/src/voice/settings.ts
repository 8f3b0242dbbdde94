import type { Preferences } from './ports'
import type { CallState } from './state'

const key = 'atelier.voice'

export type Settings = Pick<CallState, 'microphone' | 'speaker' | 'noise' | 'echo' | 'volumes'>

/** What was chosen in this browser; what cannot be read is as if it never was. */
export function loadSettings(preferences: Preferences): Settings {
  const kept = parsed(preferences.get(key))
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    microphone: text(kept.microphone),
    speaker: text(kept.speaker),
    noise: kept.noise !== false,
    echo: kept.echo !== false,
    volumes: new Map(
      Object.entries(parsed(kept.volumes)).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0 && entry[1] <= 1,
      ),
    ),
  }
}

export function saveSettings(preferences: Preferences, { microphone, speaker, noise, echo, volumes }: Settings): void {
  const kept = { microphone, speaker, noise, echo, volumes: Object.fromEntries(volumes) }
  preferences.set(key, JSON.stringify(kept))
}

function parsed(value: unknown): Record<string, unknown> {
  try {
    const read: unknown = typeof value === 'string' ? JSON.parse(value) : value
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
