const params: Record<string, string[]> = {
  image: ['width', 'height'],
  video: ['seconds', 'width', 'height'],
  audio: ['seconds'],
  text: [],
}

const ofTransform: Record<string, string[]> = {
  upscale: ['scale'],
}

/** Settings that models of a kind know, as suggestions: a model may know others. */
export function sweepParams(kind: string, transform: string): string[] {
  return [...(ofTransform[transform] ?? []), ...(params[kind] ?? [])]
}

/** Values of a setting, as they are written. */
export function exampleValues(param = ''): string {
  return examples[param] ?? '1, 2, 3'
}

const examples: Record<string, string> = {
  width: '512, 768, 1024',
  seconds: '6, 12, 24',
  scale: '2, 4',
}
