const enough = 4.6 // a little over WCAG's 4.5 : 1, for rounding

/** A member's colour, darkened until white letters can be read on it. What is no #rrggbb is grey. */
export function readable(colour: string): string {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)
  if (!match) return '#5c5c66'
  let parts = match.slice(1).map((hex) => Number.parseInt(hex, 16))
  while (1.05 / (luminance(parts) + 0.05) < enough) parts = parts.map((part) => Math.floor(part * 0.96))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function luminance(parts: number[]): number {
  const [r = 0, g = 0, b = 0] = parts.map((part) => {
    const c = part / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
