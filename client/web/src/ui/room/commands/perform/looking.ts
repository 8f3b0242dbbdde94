import type { SpokenCommand } from '../../../../store/commands'
import { viewOf } from '../../canvas/useFollow'
import { mediaName } from '../../results/media'
import type { PanelTab } from '../../uiStore'
import { selectable } from './making'
import { mediaIn, type Performance, Refusal, type Stage } from './stage'

const glide = { duration: 250 }

function zoom({ to, member = 0, of = [] }: SpokenCommand, stage: Stage): unknown {
  const { flow } = stage
  switch (to) {
    case 'in':
      return flow.zoomIn(glide)
    case 'out':
      return flow.zoomOut(glide)
    case 'records':
      return flow.fitView({ ...glide, nodes: of.map((id) => ({ id })), maxZoom: 1.5, padding: 0.3 })
    case 'member':
      return zoomTo(member, stage)
    default:
      stage.fitAll(glide.duration)
  }
}

/** To where somebody looks; of who shows no view, to their cursor. */
function zoomTo(m: number, { room, flow }: Stage): Promise<unknown> {
  const view = viewOf(room.store.getState().members.get(m)?.state)
  const cursor = room.cursors.positions.get(m)
  if (view) return flow.setCenter(view[0], view[1], { ...glide, zoom: view[2] })
  if (cursor) return flow.setCenter(cursor.x, cursor.y, glide)
  throw new Refusal('It is not known where they look.')
}

const select: Performance = ({ to, kind, of = [] }, { room, ui }) => {
  const all = () => [...room.store.getState().records.values()].filter((record) => selectable(record.kind, kind))
  const ids = to === 'all' ? all().map(({ id }) => id) : to === 'records' ? of : []
  ui.setState({ selection: new Set(ids), tool: 'select' })
}

/** What changes nothing for others: everybody may. */
export const looking: Readonly<Record<string, Performance>> = {
  zoom,
  select,
  follow: ({ member = null }, { ui }) => ui.setState({ following: member }),
  unfollow: (_, { ui }) => ui.setState({ following: null }),
  show: ({ panel }, { ui }) =>
    ui.setState(panel === 'keys' ? { keys: true } : { panel: (panel ?? 'queue') as PanelTab }),
  hide: (_, { ui }) => ui.setState({ panel: null }),
  open: ({ of = [] }, { ui }) => ui.setState({ viewing: { record: of[0] ?? '' } }),
  lineage: (command, stage) => stage.ui.setState({ lineageOf: mediaIn(command, stage)[0]?.asset ?? null }),
  download: (command, stage) => {
    const files = mediaIn(command, stage).filter(({ asset }) => asset !== '')
    if (files.length === 0) throw new Refusal('That is no file.')
    for (const media of files) stage.save(stage.assetUrl(media.asset, mediaName(media)))
  },
  go_branch: ({ branch }, { room }) => room.look(branch === 'main' ? '' : (branch ?? '')),
  compare: ({ branch = 'main' }, { ui }) => ui.setState({ comparing: { a: 'main', b: branch } }),
}
