import { type PropSchema, schema } from './generated'

/** The schema of a prop; undefined when the server would refuse it. Kinds that begin with "x-" are open. */
export function propOf(kind: string, prop: string): PropSchema | undefined {
  if (kind.startsWith('x-')) {
    return prop === 'deleted' ? { form: 'bool', policy: 'branch' } : { form: 'any', policy: 'lww' }
  }
  const props: Readonly<Record<string, PropSchema>> | undefined = Object.hasOwn(schema, kind)
    ? schema[kind as keyof typeof schema]
    : undefined
  return props && Object.hasOwn(props, prop) ? props[prop] : undefined
}

/** Whether a write carries the value it started from: text that merges, and prompts. */
export function wantsBasis(kind: string, prop: string): boolean {
  const p = propOf(kind, prop)
  return p !== undefined && (p.policy === 'merge' || (p.policy === 'branch' && p.form === 'text'))
}

/** Whether an unseen write of somebody else makes a conflict. */
export function guarded(kind: string, prop: string): boolean {
  const p = propOf(kind, prop)
  return p !== undefined && p.policy !== 'lww'
}
