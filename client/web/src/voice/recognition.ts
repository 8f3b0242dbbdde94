/** The browser's own speech recognition (https://webaudio.github.io/web-speech-api/); Chromium's and Safari's names differ. */

export type RecognitionFault = 'denied' | 'unavailable'

export interface RecognitionEvents {
  /** Whole phrases are final; others may still change. */
  heard(words: string, final: boolean): void
  /** It stopped by itself; without a fault it may be started again. */
  ended(fault?: RecognitionFault): void
}

export interface Listener {
  stop(): void
}

export interface SpeechPort {
  /** False where the browser has none: then one types. */
  readonly recognises: boolean
  listen(events: RecognitionEvents): Listener
  /** Says a sentence aloud, where the browser can. */
  speak(sentence: string): void
  /** What is heard meanwhile is oneself. */
  readonly speaking: boolean
}

interface Recogniser {
  lang: string
  continuous: boolean
  interimResults: boolean
  onresult: ((event: RecogniserResult) => void) | null
  onerror: ((event: { error: string }) => void) | null
  onend: (() => void) | null
  start(): void
  abort(): void
}

interface RecogniserResult {
  readonly resultIndex: number
  readonly results: ArrayLike<{ readonly isFinal: boolean; readonly 0: { readonly transcript: string } }>
}

type Surroundings = { SpeechRecognition?: new () => Recogniser; webkitSpeechRecognition?: new () => Recogniser }

/** The grammar is English, whatever the browser's language; its accent is taken from it. */
function language(): string {
  return navigator.language.startsWith('en') ? navigator.language : 'en-US'
}

export const browserSpeech: SpeechPort = {
  get recognises() {
    return recogniser() !== undefined
  },
  get speaking() {
    return 'speechSynthesis' in window && speechSynthesis.speaking
  },
  listen(events) {
    const Made = recogniser()
    if (!Made) {
      events.ended('unavailable')
      return { stop: () => {} }
    }
    const made = new Made()
    let fault: RecognitionFault | undefined
    Object.assign(made, { lang: language(), continuous: true, interimResults: true })
    made.onresult = ({ resultIndex, results }) => {
      for (const result of Array.from(results).slice(resultIndex)) {
        events.heard(result[0].transcript.trim(), result.isFinal)
      }
    }
    made.onerror = ({ error }) => {
      if (error === 'not-allowed') fault = 'denied'
      else if (error !== 'no-speech' && error !== 'aborted') fault = 'unavailable'
    }
    made.onend = () => events.ended(fault)
    made.start()
    return {
      stop() {
        made.onend = made.onresult = null
        made.abort()
      },
    }
  },
  speak(sentence) {
    if (!('speechSynthesis' in window)) return
    speechSynthesis.cancel()
    const said = new SpeechSynthesisUtterance(sentence)
    said.lang = language()
    speechSynthesis.speak(said)
  },
}

function recogniser(): (new () => Recogniser) | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = window as unknown as Surroundings
  return SpeechRecognition ?? webkitSpeechRecognition
}
