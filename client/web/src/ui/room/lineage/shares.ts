/**
 * Shares (0–1, together 1) as percentages with one decimal that sum to 100 exactly: the largest remainders get what
 * rounding down left over.
 */
export function percentages(shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0)
  if (sum <= 0) return shares.map(() => 0)
  const exact = shares.map((share) => (share / sum) * 1000)
  const tenths = exact.map(Math.floor)
  const left = 1000 - tenths.reduce((total, one) => total + one, 0)
  const byRemainder = exact.map((value, i) => [value - Math.floor(value), i] as const).sort((a, b) => b[0] - a[0])
  for (const [, i] of byRemainder.slice(0, left)) tenths[i] = (tenths[i] ?? 0) + 1
  return tenths.map((tenth) => tenth / 10)
}

/** A share in words: “37 %”, “0.4 %”, “under 0.1 %”. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return 'under 0.1 %'
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`
}
