import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'

/** Says something with one thing to do about it. It stays long enough to be reached by keyboard. */
export function offer(message: string, action: { label: string; act: () => void }, title?: string): void {
  const id = notifications.show({
    title,
    color: 'iris',
    autoClose: 12_000,
    message: (
      <span className="at-offer">
        <span>{message}</span>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id)
            action.act()
          }}
        >
          {action.label}
        </Button>
      </span>
    ),
  })
}
