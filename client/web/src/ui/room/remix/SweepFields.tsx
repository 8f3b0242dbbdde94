import { Autocomplete, TextInput } from '@mantine/core'
import { sweepOf } from './sweep'
import { exampleValues, sweepParams } from './sweepParams'

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
  const known = sweepParams(kind, transform)
  return (
    <>
      <Autocomplete
        label="Setting"
        description="One result for each value, the same in everything else."
        placeholder={known[0]}
        data={known}
        value={param}
        onChange={setParam}
      />
      <TextInput
        label="Values"
        placeholder={exampleValues(known[0])}
        value={values}
        error={param && values ? problem : undefined}
        onChange={(event) => setValues(event.currentTarget.value)}
      />
    </>
  )
}
