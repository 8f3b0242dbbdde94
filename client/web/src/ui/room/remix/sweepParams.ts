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
