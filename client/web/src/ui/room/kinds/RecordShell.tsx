import { Handle, NodeResizer, Position } from '@xyflow/react'
import { type ReactNode, useRef } from 'react'
import { round } from '../canvas/actions'
import { leastSize } from '../canvas/geometry'
import { readable } from '../colour'
import { type Peer, useMayEdit, usePeers, useScope, useUI } from '../context'
import { alsoTyping } from './alsoTyping'

interface Props {
  id: string
  kind: string
  selected: boolean
  keepShape?: boolean
  children: ReactNode
}

let resizes = 0

/** What all records have: handles to resize, the outline of others' selections, the name of who writes in it. */
export function RecordShell({ id, kind, selected, keepShape, children }: Props) {
  const { room, ui } = useScope()
  const mayEdit = useMayEdit()
  const peers = usePeers(id)
  const gesture = useRef('')
  const { w, h } = leastSize(kind)
  const writer = peers.find((peer) => peer.editing)
  const foremost = writer ?? peers[0]
  const colour = foremost && readable(foremost.member.colour)
  return (
    <>
      {selected && mayEdit && (
        <NodeResizer
          minWidth={w}
          minHeight={h}
          keepAspectRatio={keepShape}
          lineClassName="at-resize-line"
          handleClassName="at-resize-handle"
          onResizeStart={() => {
            resizes += 1
            gesture.current = `resize-${resizes}`
          }}
          onResize={(_, box) =>
            room.edit(
              [
                [id, 'x', round(box.x)],
                [id, 'y', round(box.y)],
                [id, 'w', round(box.width)],
                [id, 'h', round(box.height)],
              ],
              { gesture: gesture.current },
            )
          }
        />
      )}
      <Handle type="target" position={Position.Left} isConnectable={false} className="at-handle" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="at-handle" />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on the selected record does the same */}
      <div
        className={`at-record at-${kind}`}
        data-selected={selected || undefined}
        data-record={id}
        onDoubleClick={() => ui.setState({ focus: id })}
      >
        {children}
      </div>
      {colour && (
        <div className="at-peers" style={{ borderColor: colour }}>
          <span className="at-peers-name" style={{ background: colour }}>
            {writer ? `${writer.member.name} is editing` : peers.map((peer) => peer.member.name).join(', ')}
          </span>
        </div>
      )}
      <AlsoTyping id={id} peers={peers} />
    </>
  )
}

/** Said under the record, where it covers no letter. */
function AlsoTyping({ id, peers }: { id: string; peers: readonly Peer[] }) {
  const prop = useUI((state) => (state.writing?.record === id ? state.writing.prop : undefined))
  const said = prop === undefined ? '' : alsoTyping(peers, prop)
  return said ? (
    <p className="at-also" role="status">
      {said}
    </p>
  ) : null
}
