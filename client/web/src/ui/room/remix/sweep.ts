import type { Sweep } from '../../../protocol/types'

const least = 2
const most = 8

/** Reads “0.2, 0.5, 0.8” or “dawn, dusk”: numbers, yes and no (true, false), words. */
export function sweepOf(param: string, written: string): { sweep?: Sweep; problem?: string } {
  const name = param.trim()
  const values = written
    .split(/[,\n;]/)
    .map((value) => value.trim())
    .filter(Boolean)
    .map(read)
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return { problem: 'Name the param: letters, digits, - and _.' }
  if (new Set(values).size !== values.length) return { problem: 'Each value once.' }
  if (values.length < least || values.length > most) {
    return { problem: `Give ${least} to ${most} values with commas between them.` }
  }
  return { sweep: { param: name, values } }
}

function read(written: string): number | string | boolean {
  if (written === 'true' || written === 'false') return written === 'true'
  const number = Number(written)
  return Number.isFinite(number) ? number : written
}
