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

/** Whether an unseen write of somebody else is met, so that a write says what it started from. */
export function guarded(kind: string, prop: string): boolean {
  const p = propOf(kind, prop)
  return p !== undefined && p.policy !== 'lww'
}

/** Whether two can write into one value: words of both are kept. */
export function mergesWords(kind: string, prop: string): boolean {
  return propOf(kind, prop)?.form === 'text'
}

/** Records of these kinds are always main's, whatever branch a change names. */
export function aboveBranches(kind: string): boolean {
  return kind === 'branch' || kind === 'version' || kind === 'comment'
}
