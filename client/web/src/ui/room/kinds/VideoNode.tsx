import { ActionIcon } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { NodeProps } from '@xyflow/react'
import { memo, useState } from 'react'
import type { RecordNode } from '../canvas/derive'
import { useRecord, useRoomState, useScope } from '../context'
import { lengthText } from '../queue/wording'
import { Film, FilmFrame } from '../results/Film'
import { mediaOfRecord, mediaWords } from '../results/media'
import { Picture } from './Picture'
import { RecordShell } from './RecordShell'

/** A film: its poster until it is played, so that a canvas of many films loads none of them. */
export const VideoNode = memo(function VideoNode({ id, selected }: NodeProps<RecordNode>) {
  const { ui } = useScope()
  const record = useRecord(id)
  const jobs = useRoomState((state) => state.jobs)
  const [playing, setPlaying] = useState(false)
  const media = record && mediaOfRecord(record, jobs)
  if (!record) return null
  return (
    <RecordShell id={id} kind="video" selected={selected} keepShape>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on the selected record opens it too */}
      <div className="at-video-frame" onDoubleClick={() => ui.setState({ viewing: { record: id } })}>
        {!media && <p className="at-picture-failed">No film yet</p>}
        {media && playing && <Film media={media} start="now" />}
        {media && !playing && (
          <>
            {media.thumb ? (
              <Picture asset={media.thumb} placeholder={media.placeholder} alt={mediaWords(media)} />
            ) : (
              <FilmFrame asset={media.asset} />
            )}
            <ActionIcon
              className="at-video-play nodrag"
              variant="filled"
              radius="xl"
              size={46}
              aria-label={`Play ${mediaWords(media).slice(0, 80)}`}
              onClick={() => setPlaying(true)}
            >
              <IconPlayerPlayFilled size={20} />
            </ActionIcon>
            {media.length > 0 && <span className="at-video-length">{lengthText(media.length)}</span>}
          </>
        )}
      </div>
    </RecordShell>
  )
})
