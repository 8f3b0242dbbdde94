import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconHandStop,
  IconKeyboard,
  IconLetterT,
  IconMessageCircle,
  IconNote,
  IconPhotoUp,
  IconPointer,
  IconSparkles,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useMayComment, useMayEdit, useRoomState, useScope, useUI } from './context'
import type { Tool } from './uiStore'

type Needs = 'nothing' | 'comment' | 'edit'

const tools: { tool: Tool; label: string; key: string; icon: ReactNode; needs: Needs }[] = [
  { tool: 'select', label: 'Select', key: 'V', icon: <IconPointer size={19} />, needs: 'nothing' },
  { tool: 'hand', label: 'Move around', key: 'H', icon: <IconHandStop size={19} />, needs: 'nothing' },
  { tool: 'prompt', label: 'Prompt', key: 'P', icon: <IconSparkles size={19} />, needs: 'edit' },
  { tool: 'note', label: 'Note', key: 'N', icon: <IconNote size={19} />, needs: 'edit' },
  { tool: 'text', label: 'Text', key: 'T', icon: <IconLetterT size={19} />, needs: 'edit' },
  { tool: 'comment', label: 'Comment', key: 'C', icon: <IconMessageCircle size={19} />, needs: 'comment' },
]

export function ToolRail({ upload }: { upload: () => void }) {
  const { room, ui } = useScope()
  const current = useUI((state) => state.tool)
  const mayEdit = useMayEdit()
  const mayComment = useMayComment()
  const canUndo = useRoomState((state) => state.canUndo)
  const canRedo = useRoomState((state) => state.canRedo)
  return (
    <nav className="at-rail" aria-label="Tools">
      {tools
        .filter(({ needs }) => needs === 'nothing' || (needs === 'comment' ? mayComment : mayEdit))
        .map(({ tool, label, key, icon }) => (
          <RailButton
            key={tool}
            label={label}
            shortcut={key}
            pressed={tool === current}
            onClick={() => ui.setState({ tool })}
          >
            {icon}
          </RailButton>
        ))}
      {mayEdit && (
        <>
          <RailButton label="Upload a picture" shortcut="U" onClick={upload}>
            <IconPhotoUp size={19} />
          </RailButton>
          <span className="at-rail-line" />
          <RailButton label="Undo" shortcut="Ctrl Z" disabled={!canUndo} onClick={() => room.undo()}>
            <IconArrowBackUp size={19} />
          </RailButton>
          <RailButton label="Redo" shortcut="Ctrl Shift Z" disabled={!canRedo} onClick={() => room.redo()}>
            <IconArrowForwardUp size={19} />
          </RailButton>
        </>
      )}
      <RailButton label="Keyboard" shortcut="?" className="at-wide-only" onClick={() => ui.setState({ keys: true })}>
        <IconKeyboard size={19} />
      </RailButton>
    </nav>
  )
}

interface ButtonProps {
  label: string
  shortcut: string
  pressed?: boolean
  disabled?: boolean
  className?: string
  onClick: () => void
  children: ReactNode
}

function RailButton({ label, shortcut, pressed, disabled, className, onClick, children }: ButtonProps) {
  return (
    <Tooltip label={`${label}  ${shortcut}`} position="right">
      <ActionIcon
        variant={pressed ? 'filled' : 'subtle'}
        color={pressed ? 'iris' : 'gray'}
        size={38}
        radius={11}
        aria-label={label}
        aria-keyshortcuts={shortcut.replaceAll(' ', '+').replace('Ctrl', 'Control')}
        aria-pressed={pressed}
        className={className}
        data-disabled={disabled || undefined}
        aria-disabled={disabled || undefined}
        onClick={disabled ? undefined : onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
