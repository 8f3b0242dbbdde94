import '../../styles/commands.css'
import { ActionIcon, Button, Loader, TextInput, Tooltip } from '@mantine/core'
import { IconMicrophone, IconMicrophoneOff, IconX } from '@tabler/icons-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Listener, RecognitionFault } from '../../../voice/recognition'
import { useServices } from '../../app/services'
import { useScope } from '../context'
import { type Answer, examples, useCommands } from './useCommands'

const faults: Record<RecognitionFault, string> = {
  denied: 'The browser does not let this page listen. Typing works all the same.',
  unavailable: 'Speech recognition is not there right now. Typing works all the same.',
}

/** Where one types what is to be done, or says it. */
export default function CommandBar() {
  const { ui } = useScope()
  const field = useRef<HTMLInputElement>(null)
  const [words, setWords] = useState('')
  const listening = useListening(setWords, (phrase) => spoken.current(phrase))
  const { answer, busy, say, settle } = useCommands(listening.stop)
  const { speech } = useServices()
  const spoken = useRef((_: string) => {})
  // What was not understood comes back to be mended, unless something else is being typed.
  const typed = async (phrase: string) => {
    setWords('')
    const { tone } = await say(phrase)
    if (tone === 'problem') setWords((now) => now || phrase)
  }
  spoken.current = async (phrase) => {
    const { words: reply } = await say(phrase)
    setWords('')
    speech.speak(reply)
  }
  useEffect(() => field.current?.focus(), [])
  const close = () => ui.setState({ commanding: false })
  return (
    <section className="at-command" aria-label="Commands">
      <Reply answer={answer} fault={listening.fault} settle={settle} say={(phrase) => void say(phrase)} />
      <form
        className="at-command-row"
        onSubmit={(event) => {
          event.preventDefault()
          const phrase = words.trim()
          if (phrase) void typed(phrase)
        }}
      >
        {speech.recognises && (
          <Tooltip label={listening.on ? 'Stop listening' : 'Say it'}>
            <ActionIcon
              variant={listening.on ? 'filled' : 'subtle'}
              color={listening.on ? 'red' : 'gray'}
              size="lg"
              aria-label={listening.on ? 'Stop listening' : 'Say it'}
              aria-pressed={listening.on}
              onClick={listening.on ? listening.stop : listening.start}
            >
              {listening.on ? <IconMicrophone size={18} /> : <IconMicrophoneOff size={18} />}
            </ActionIcon>
          </Tooltip>
        )}
        <TextInput
          ref={field}
          className="at-command-field"
          aria-label="What is to be done"
          placeholder={listening.on ? 'Listening…' : 'Generate an image of…'}
          maxLength={500}
          rightSection={busy && <Loader size={16} aria-label="Understanding" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && close()}
        />
        <Button type="submit" disabled={words.trim() === ''}>
          Do it
        </Button>
        <Tooltip label="Close (Esc)">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Close commands" onClick={close}>
            <IconX size={17} />
          </ActionIcon>
        </Tooltip>
      </form>
    </section>
  )
}

interface ReplyProps {
  answer: Answer | undefined
  fault: RecognitionFault | undefined
  settle: (yes: boolean) => void
  say: (phrase: string) => void
}

function Reply({ answer, fault, settle, say }: ReplyProps) {
  const tries = answer ? answer.tries : examples.slice(0, 3)
  return (
    <div className="at-command-reply" data-tone={answer?.tone}>
      <p role="status">{answer?.words ?? (fault && faults[fault])}</p>
      {answer?.tone === 'question' && (
        <span className="at-command-choice">
          <Button size="compact-sm" color="red" onClick={() => settle(true)}>
            Yes
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => settle(false)}>
            No
          </Button>
        </span>
      )}
      {tries.length > 0 && (
        <ul className="at-command-tries" aria-label="What can be said">
          {tries.map((phrase) => (
            <li key={phrase}>
              <button type="button" onClick={() => say(phrase)}>
                {phrase}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Listens phrase after phrase until it is stopped; what the page itself says is not heard. */
function useListening(show: (words: string) => void, heard: (phrase: string) => void) {
  const { speech } = useServices()
  const [on, setOn] = useState(false)
  const [fault, setFault] = useState<RecognitionFault>()
  const listener = useRef<Listener>(undefined)
  const hearing = useRef({ show, heard })
  hearing.current = { show, heard }
  const stop = useCallback(() => {
    listener.current?.stop()
    listener.current = undefined
    setOn(false)
  }, [])
  const start = useCallback(() => {
    setFault(undefined)
    setOn(true)
    const listen = () => {
      listener.current = speech.listen({
        heard(words, final) {
          if (speech.speaking || words === '') return
          hearing.current.show(words)
          if (final) hearing.current.heard(words)
        },
        ended(why) {
          if (why) {
            setFault(why)
            stop()
          } else if (listener.current) listen()
        },
      })
    }
    listen()
  }, [speech, stop])
  useEffect(() => stop, [stop])
  return { on, fault, start, stop }
}
