import { Kbd, Modal } from '@mantine/core'
import { useScope, useUI } from './context'

const groups: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Tools',
    keys: [
      ['V', 'Select'],
      ['H', 'Move around'],
      ['P', 'New prompt'],
      ['N', 'New note'],
      ['T', 'New text'],
      ['C', 'Comment'],
      ['U', 'Upload a picture'],
    ],
  },
  {
    title: 'Selection',
    keys: [
      ['Tab', 'To the next record'],
      ['Enter', 'Write in it, or open what it shows'],
      ['Arrows', 'Move it; with Shift further'],
      ['Ctrl D', 'Duplicate'],
      ['Ctrl C / V', 'Copy and paste'],
      ['Ctrl A', 'Select all'],
      ['Delete', 'Delete'],
      ['Esc', 'Let go'],
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl Z', 'Undo'],
      ['Ctrl Shift Z', 'Redo'],
      ['Ctrl Enter', 'Generate, in a prompt'],
      ['Shift 1', 'See everything'],
      ['/', 'Say or type what is to be done'],
      ['?', 'This map'],
    ],
  },
  {
    title: 'In the call',
    keys: [
      ['M', 'Mute, and unmute'],
      ['Space', 'Held: talk while muted'],
    ],
  },
  {
    title: 'Results and the queue',
    keys: [
      ['← / →', 'The result before, the next one'],
      ['1 – 5', 'Rate it; 0 takes that back'],
      ['W', 'Pick it as the winner'],
      ['↑ / ↓', 'Move a waiting job, on its handle'],
    ],
  },
  {
    title: 'Comparing and the past',
    keys: [
      ['J / K', 'The next record, the one before'],
      ['Arrows', 'One revision further or back'],
      ['Space', 'Play what happened'],
      ['Esc', 'Back'],
    ],
  },
]

export function KeyMap() {
  const { ui } = useScope()
  const opened = useUI((state) => state.keys)
  return (
    <Modal opened={opened} onClose={() => ui.setState({ keys: false })} title="Keyboard" size="lg">
      <div className="at-keymap">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <Kbd>{key}</Kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
