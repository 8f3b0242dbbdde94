import type { ModelChoice } from '../providers'

/** A model of the provider `p` that makes pictures, for tests. */
export const model = (name: string, more: Partial<ModelChoice> = {}): ModelChoice => ({
  key: `p/${name}`,
  label: name,
  provider: 'p',
  model: name,
  kind: 'image',
  default: false,
  transforms: ['generate'],
  units: 1,
  inputs: {},
  ...more,
})

/** One model for everything that can be made of pictures, sounds and films. */
export const studio: readonly ModelChoice[] = [
  model('paint', { transforms: ['generate', 'variation'], default: true, inputs: { kinds: ['image'] } }),
  model('retouch', { transforms: ['edit'], inputs: { kinds: ['image'], least: 1, mask: true } }),
  model('enlarge', { transforms: ['upscale'], inputs: { kinds: ['image'], least: 1 } }),
  model('score', { kind: 'audio', transforms: ['generate', 'soundtrack'], inputs: { kinds: ['image'], least: 1 } }),
  model('camera', { kind: 'video', transforms: ['animate'], inputs: { kinds: ['image', 'audio'], least: 1 } }),
  model('words', { kind: 'text', transforms: ['describe'], inputs: { kinds: ['any'], least: 1 } }),
]
