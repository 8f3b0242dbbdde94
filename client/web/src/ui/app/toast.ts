import { notifications } from '@mantine/notifications'
import { ApiError } from '../../protocol/errors'

/** The same words are not shown twice at a time, unless somebody says them. */
export function inform(message: string, from?: string): void {
  notifications.show({
    id: from ? undefined : message,
    title: from,
    message,
    color: 'iris',
    autoClose: from ? 7000 : 4000,
  })
}

/** Says what was being tried and why it did not work. */
export function complain(trying: string, error: unknown): void {
  notifications.show({ title: trying, message: reasonOf(error), color: 'red', autoClose: 8000 })
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong in this page.'
  if (error.code === 'UNAVAILABLE') return 'The server does not answer right now. Try again in a moment.'
  if (error.code === 'RATE_LIMITED') return `Too many at once: ${error.message}`
  return sentence(error.message)
}

export function sentence(text: string): string {
  if (!text) return ''
  const first = text[0]?.toUpperCase() + text.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}
