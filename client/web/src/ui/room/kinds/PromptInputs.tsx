import { ActionIcon, Slider } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import type { CanvasRecord } from '../../../store/api'
import { text } from '../canvas/geometry'
import { useMayEdit, useRoom } from '../context'
import { maxWeight, type PromptInput, partsOf, removeInput } from '../remix/inputs'
import { mediaName, mediaWords } from '../results/media'
import { Thumb } from '../results/Thumb'

let slides = 0

/** What a prompt works from, with the weight of each. */
export function PromptInputs({ record, inputs }: { record: CanvasRecord; inputs: readonly PromptInput[] }) {
  if (inputs.length === 0) return null
  const parts = partsOf(
    inputs.map(({ weight }) => weight),
    text(record.props.prompt),
  )
  return (
    <ul className="at-inputs nodrag nowheel" aria-label="Inputs">
      {inputs.map((input, i) => (
        <InputRow key={input.edge} input={input} prompt={record.id} part={parts.inputs[i] ?? 0} />
      ))}
    </ul>
  )
}

function InputRow({ input, prompt, part }: { input: PromptInput; prompt: string; part: number }) {
  const room = useRoom()
  const mayEdit = useMayEdit()
  const gesture = useRef('')
  const words = mediaWords(input.media).slice(0, 40)
  const name = `${mediaName(input.media)} ${words}`
  return (
    <li className="at-input">
      <span className="at-input-thumb">
        <Thumb media={input.media} />
      </span>
      <Slider
        className="at-input-weight"
        size="sm"
        min={0.1}
        max={maxWeight}
        step={0.1}
        value={input.weight}
        disabled={!mayEdit}
        label={null}
        thumbLabel={`Weight of ${name}`}
        onChange={(weight) => {
          if (!gesture.current) {
            slides += 1
            gesture.current = `weight-${slides}`
          }
          room.edit([[input.edge, 'weight', Math.round(weight * 10) / 10]], { gesture: gesture.current })
        }}
        onChangeEnd={() => {
          gesture.current = ''
        }}
      />
      <span className="at-input-part" title={`Weight ${input.weight}`}>
        {Math.round(part * 100)} %
      </span>
      {mayEdit && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Remove the input ${name}`}
          onClick={() => removeInput(room, input, prompt)}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </li>
  )
}
