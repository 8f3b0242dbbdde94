import type { JobResult } from '../../../protocol/types'

/** The mean of the stars that people gave, and how many did. */
export function meanOf(ratings: JobResult['ratings']): { mean: number; voices: number } {
  const stars = Object.values(ratings ?? {})
  const sum = stars.reduce((total, one) => total + one, 0)
  return { mean: stars.length === 0 ? 0 : sum / stars.length, voices: stars.length }
}

/** “4.5 of 5 stars by 2”; empty when nobody rated it. */
export function ratingText(ratings: JobResult['ratings']): string {
  const { mean, voices } = meanOf(ratings)
  return voices === 0 ? '' : `${short(mean)} of 5 stars by ${voices}`
}

export function short(mean: number): string {
  return String(Math.round(mean * 10) / 10)
}
