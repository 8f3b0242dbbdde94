import { IconFileText, IconMovie, IconPhoto, IconWaveSine } from '@tabler/icons-react'
import type { Job } from '../../../protocol/types'
import { useRoomState, useScope } from '../context'
import { useAssetUrl } from '../results/assetUrl'
import { mediaOfResult } from '../results/media'
import { Thumb } from '../results/Thumb'
import { jobWords } from './wording'

const signs = { image: IconPhoto, video: IconMovie, audio: IconWaveSine, text: IconFileText }

/** What there is to see of a job: its result, else the newest preview, else the sign of its kind. */
export function JobPreview({ job }: { job: Job }) {
  const { ui } = useScope()
  const url = useAssetUrl()
  const preview = useRoomState((state) => {
    const progress = state.progress.get(job.id)
    return progress?.attempt === job.attempt ? progress.preview : undefined
  })
  const won = Math.max(0, (job.winner ?? 0) - 1)
  const media = mediaOfResult(job, won)
  if (!media) {
    const Sign = signs[job.kind as keyof typeof signs] ?? IconPhoto
    return (
      <span className="at-job-preview">
        {preview ? <img src={url(preview)} alt="" /> : <Sign size={20} aria-hidden="true" />}
      </span>
    )
  }
  return (
    <button
      type="button"
      className="at-job-preview"
      aria-label={`Open ${jobWords(job)}`}
      onClick={() => ui.setState({ viewing: { job: job.id, index: won } })}
    >
      <Thumb media={media} />
    </button>
  )
}
