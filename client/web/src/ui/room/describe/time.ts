const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago, short: “now”, “5 min”, “3 h”, “2 d”. */
export function ageText(at: number, now: number): string {
  const age = Math.max(0, now - at)
  if (age < minute) return 'now'
  if (age < hour) return `${Math.floor(age / minute)} min`
  if (age < day) return `${Math.floor(age / hour)} h`
  return `${Math.floor(age / day)} d`
}

export function agoText(at: number, now: number): string {
  const age = ageText(at, now)
  return age === 'now' ? 'just now' : `${age} ago`
}

export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** “Today”, “Yesterday” or the date, as the viewer's calendar has it. */
export function dayText(at: number, now: number): string {
  const then = new Date(at)
  if (sameDay(then, new Date(now))) return 'Today'
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  if (sameDay(then, yesterday)) return 'Yesterday'
  const year = then.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric'
  return then.toLocaleDateString(undefined, { day: 'numeric', month: 'long', year })
}

/** The clock alone today, with the day before that. */
export function momentText(at: number, now: number): string {
  return sameDay(new Date(at), new Date(now)) ? clockText(at) : `${dayText(at, now)}, ${clockText(at)}`
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}
