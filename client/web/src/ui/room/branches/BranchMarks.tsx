import { Tooltip } from '@mantine/core'
import { IconGitBranch } from '@tabler/icons-react'
import { memo, useMemo, useRef } from 'react'
import { labelOf } from '../canvas/derive'
import { boxOf, drawn } from '../canvas/geometry'
import { Overlay } from '../canvas/Overlay'
import { meets, type Region, useRegion } from '../canvas/region'
import { useRecord, useRoomState, useScope, useUI } from '../context'
import { counted, listed } from '../describe/cells'
import { type Ghost, ghostsOf, haunted, sameGhost } from './ghosts'

/** Main's view of open branches: a badge on each record that one touches, an outline where one puts something. */
export function BranchMarks() {
  const past = useRoomState((state) => state.past !== undefined)
  return past ? null : (
    <>
      <Badges />
      <Ghosts />
    </>
  )
}

function Badges() {
  const overlaid = useRoomState((state) => state.overlaid)
  const region = useRegion()
  if (overlaid.size === 0) return null
  return (
    <Overlay className="at-badges">
      {[...overlaid].map(([record, branches]) => (
        <Badge key={record} record={record} branches={branches} region={region} />
      ))}
    </Overlay>
  )
}

/** Renders when its own record or its branches change, and at nothing else. */
interface BadgeProps {
  record: string
  branches: readonly string[]
  region: Region
}

const Badge = memo(function Badge({ record: id, branches, region }: BadgeProps) {
  const { ui } = useScope()
  const record = useRecord(id)
  const current = useRoomState((state) => state.branch)
  const others = branches.filter((branch) => branch !== current)
  const names = useRoomState((state) => listed(others.map((branch) => state.branches.get(branch)?.name ?? 'a branch')))
  const [first] = others
  if (!record || !drawn(record.kind) || first === undefined) return null
  const box = boxOf(record)
  if (!meets(region, box)) return null
  const label = `Also on ${names}`
  const count = counted(others.length, 'branch', 'branches')
  return (
    <div className="at-pinned" style={{ transform: `translate(${box.x + box.w}px, ${box.y}px)` }}>
      <Tooltip label={`${label} · compare`}>
        <button
          type="button"
          className="at-badge nodrag nopan"
          data-badge={id}
          aria-label={`${count}: ${names}. Compare ${labelOf(record)}`}
          onClick={() => ui.setState({ comparing: { a: 'main', b: first, record: id } })}
        >
          <IconGitBranch size={13} aria-hidden="true" />
          {others.length}
        </button>
      </Tooltip>
    </div>
  )
})

function Ghosts() {
  const shown = useUI((state) => state.ghosts)
  const onMain = useRoomState((state) => state.branch === '')
  const ghosts = useGhosts(shown && onMain)
  const region = useRegion()
  if (ghosts.length === 0) return null
  return (
    <Overlay className="at-ghosts">
      {ghosts
        .filter((ghost) => meets(region, ghost))
        .map((ghost) => (
          <GhostBox key={ghost.key} ghost={ghost} />
        ))}
    </Overlay>
  )
}

const none: Ghost[] = []

/** Worked out anew only when a branch or a record under one of its ghosts changes. */
function useGhosts(shown: boolean): Ghost[] {
  const branches = useRoomState((state) => state.branches)
  const ids = useMemo(() => (shown ? haunted(branches) : []), [branches, shown])
  const last = useRef<unknown[]>([])
  const under = useRoomState((state) => {
    const now = ids.map((id) => state.records.get(id))
    const same = now.length === last.current.length && now.every((record, i) => record === last.current[i])
    if (!same) last.current = now
    return last.current
  })
  const { room } = useScope()
  return useMemo(
    // `under` stands for the records that are read.
    () => (ids.length === 0 || !under ? none : ghostsOf(branches, room.store.getState().records, drawn)),
    [branches, ids, under, room],
  )
}

const GhostBox = memo(
  function GhostBox({ ghost }: { ghost: Ghost }) {
    const { ui } = useScope()
    const { x, y, w, h, name, fresh, branch, record } = ghost
    return (
      <div className="at-ghost" style={{ transform: `translate(${x}px, ${y}px)`, width: w, height: h }}>
        <button
          type="button"
          className="at-ghost-label nodrag nopan"
          onClick={() => ui.setState({ comparing: { a: 'main', b: branch, record } })}
        >
          {fresh ? 'New' : 'Here'} on {name}
          <span className="at-hidden">: compare</span>
        </button>
      </div>
    )
  },
  (before, after) => sameGhost(before.ghost, after.ghost),
)
