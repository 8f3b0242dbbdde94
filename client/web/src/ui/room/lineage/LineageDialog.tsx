import { Button, Loader, Modal } from '@mantine/core'
import { IconArrowBarToRight, IconEye, IconFileExport, IconFocus2, IconGitFork, IconLink } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { ApiError } from '../../../protocol/errors'
import { atLeast, type Lineage, type LineageNode, useServices } from '../../app/services'
import { reasonOf } from '../../app/toast'
import { useMayEdit, useRoomState, useScope, useUI } from '../context'
import { useAsInput } from '../remix/useAsInput'
import { useShow } from '../results/useShow'
import { LineageView } from './LineageView'
import { ShareLinks } from './ShareLinks'

/** The lineage of an asset of this room. */
export default function LineageDialog({ asset }: { asset: string }) {
  const { ui } = useScope()
  const room = useRoomState((state) => state.room?.id ?? '')
  const { lineage, problem } = useLineage(room, asset)
  return (
    <Modal
      opened
      onClose={() => ui.setState({ lineageOf: null })}
      title="Lineage"
      size="min(1280px, 96vw)"
      padding="md"
      classNames={{ content: 'at-lineage-window', body: 'at-lineage-body' }}
    >
      <Head room={room} asset={asset} />
      {problem && <p className="at-muted">{problem}</p>}
      {!lineage && !problem && <Loader type="dots" aria-label="Loading" />}
      {lineage && <LineageView key={asset} lineage={lineage} acts={(node) => <Acts node={node} />} />}
    </Modal>
  )
}

function useLineage(room: string, asset: string): { lineage?: Lineage; problem?: string } {
  const { backend } = useServices()
  const [found, setFound] = useState<{ lineage?: Lineage; problem?: string }>({})
  useEffect(() => {
    let left = false
    setFound({})
    backend.lineage(room, asset).then(
      (lineage) => !left && setFound({ lineage }),
      (error) => {
        const unknown = error instanceof ApiError && error.code === 'NOT_FOUND'
        if (!left) setFound({ problem: unknown ? 'Nothing is known here of how this was made.' : reasonOf(error) })
      },
    )
    return () => {
      left = true
    }
  }, [backend, room, asset])
  return found
}

function Head({ room, asset }: { room: string; asset: string }) {
  const { backend } = useServices()
  const mayShare = useRoomState((state) => atLeast(state.role, 'editor'))
  const [sharing, setSharing] = useState(false)
  return (
    <>
      <div className="at-lineage-head">
        <Button
          component="a"
          href={backend.lineageUrl(room, asset)}
          download
          size="xs"
          variant="default"
          leftSection={<IconFileExport size={15} />}
        >
          Export JSON
        </Button>
        {mayShare && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconLink size={15} />}
            aria-expanded={sharing}
            onClick={() => setSharing(!sharing)}
          >
            Share links
          </Button>
        )}
      </div>
      {sharing && <ShareLinks room={room} asset={asset} />}
    </>
  )
}

function Acts({ node }: { node: LineageNode }) {
  const { ui } = useScope()
  const asset = useUI((state) => state.lineageOf)
  const show = useShow(useReactFlow())
  const asInput = useAsInput()
  const mayEdit = useMayEdit()
  const jobs = useRoomState((state) => state.jobs)
  const there = useRoomState((state) => node.record !== undefined && state.records.has(node.record))
  const leave = () => ui.setState({ lineageOf: null })
  const { record, job } = node
  return (
    <>
      {job && jobs.has(job) && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconEye size={14} />}
          onClick={() => ui.setState({ viewing: { job, index: node.index ?? 0 }, lineageOf: null })}
        >
          Open
        </Button>
      )}
      {there && record && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFocus2 size={14} />}
          onClick={() => {
            leave()
            show(record)
          }}
        >
          Show on the canvas
        </Button>
      )}
      {there && record && mayEdit && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBarToRight size={14} />}
          onClick={() => {
            leave()
            asInput([record])
          }}
        >
          Use as input
        </Button>
      )}
      {node.asset !== asset && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconGitFork size={14} />}
          onClick={() => ui.setState({ lineageOf: node.asset })}
        >
          Its lineage
        </Button>
      )}
    </>
  )
}
