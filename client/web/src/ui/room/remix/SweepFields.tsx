import { Autocomplete, TextInput } from '@mantine/core'
import { sweepOf } from './sweep'
import { sweepParams } from './sweepParams'

interface Props {
  kind: string
  transform: string
  param: string
  setParam: (param: string) => void
  values: string
  setValues: (values: string) => void
}

/** A setting and the values that it takes, one result for each. */
export function SweepFields({ kind, transform, param, setParam, values, setValues }: Props) {
  const { problem } = sweepOf(param, values)
  return (
    <>
      <Autocomplete
        label="Setting"
        description="One result for each value, the same in everything else."
        placeholder="seconds"
        data={sweepParams(kind, transform)}
        value={param}
        onChange={setParam}
      />
      <TextInput
        label="Values"
        placeholder="6, 12, 24"
        value={values}
        error={param && values ? problem : undefined}
        onChange={(event) => setValues(event.currentTarget.value)}
      />
    </>
  )
}
