import { Button, Menu } from '@mantine/core'
import { IconDownload, IconFocus2, IconGitFork, IconTrophy, IconWand } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useMayEdit, useRoom, useRoomState, useScope } from '../context'
import { lengthText, workText } from '../queue/wording'
import { RemixItems } from '../remix/RemixItems'
import { useAssetUrl } from './assetUrl'
import { mediaName } from './media'
import { Stars } from './Stars'
import type { View } from './siblings'
import { useShow } from './useShow'

export function ViewerFoot({ view }: { view: View }) {
  const { media, job, index } = view
  return (
    <div className="at-viewer-foot">
      <div className="at-viewer-words">
        {media.kind !== 'text' && media.prompt && <p>{media.prompt}</p>}
        <p className="at-job-facts">
          {factsOf(view).map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      </div>
      {job && <Stars job={job} index={index} />}
      <Acts view={view} />
    </div>
  )
}

function factsOf({ media, job, index }: View): string[] {
  const value = job?.sweep?.values[index]
  return [
    job ? workText(job) : '',
    job?.sweep && value !== undefined ? `${job.sweep.param} ${value}` : '',
    media.width && media.height ? `${media.width} × ${media.height}` : '',
    media.length ? lengthText(media.length) : '',
    job ? [job.provider, job.model].filter(Boolean).join(' / ') : '',
    job ? `by ${job.user_name}` : '',
  ].filter(Boolean)
}

function Acts({ view }: { view: View }) {
  const { media } = view
  const { ui } = useScope()
  const url = useAssetUrl()
  const mayEdit = useMayEdit()
  const past = useRoomState((state) => state.past !== undefined)
  const sources = useMemo(() => [media], [media])
  return (
    <div className="at-viewer-acts">
      <Winner view={view} />
      {mayEdit && media.asset && (
        <Menu position="top-start" width={240}>
          <Menu.Target>
            <Button size="sm" leftSection={<IconWand size={15} />}>
              Remix
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <RemixItems sources={sources} />
          </Menu.Dropdown>
        </Menu>
      )}
      {media.asset && !past && (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconGitFork size={15} />}
          onClick={() => ui.setState({ lineageOf: media.asset, viewing: null })}
        >
          Lineage
        </Button>
      )}
      <ShowOnCanvas record={media.record} />
      {media.asset && (
        <Button
          component="a"
          href={url(media.asset, mediaName(media))}
          variant="default"
          size="sm"
          leftSection={<IconDownload size={15} />}
        >
          Download
        </Button>
      )}
    </div>
  )
}

/** Only among several there is a best. */
function Winner({ view: { job, index, count } }: { view: View }) {
  const room = useRoom()
  const may = useRoomState((state) => state.past === undefined && atLeast(state.role, 'commenter'))
  if (!job || count < 2) return null
  const won = job.winner === index + 1
  return (
    <Button
      size="sm"
      variant={won ? 'light' : 'default'}
      leftSection={<IconTrophy size={15} />}
      aria-pressed={won}
      disabled={!may}
      onClick={() => void room.pickResult(job.id, index).catch((error) => complain('The winner was not picked', error))}
    >
      {won ? 'The winner' : 'Pick as winner'}
    </Button>
  )
}

function ShowOnCanvas({ record }: { record: string | undefined }) {
  const { ui } = useScope()
  const show = useShow(useReactFlow())
  const there = useRoomState((state) => record !== undefined && state.records.has(record))
  if (!there || record === undefined) return null
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconFocus2 size={15} />}
      aria-label="Show on the canvas"
      onClick={() => {
        ui.setState({ viewing: null })
        show(record)
      }}
    >
      On the canvas
    </Button>
  )
}
