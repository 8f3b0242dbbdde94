import { ActionIcon } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconTrophy } from '@tabler/icons-react'
import { Picture } from '../kinds/Picture'
import type { Viewed } from '../uiStore'
import { AudioPlayer } from './AudioPlayer'
import { Film } from './Film'
import { type Media, mediaWords } from './media'
import { beside, type View } from './siblings'

/** The result itself, between the ways to those beside it. */
export function Stage({ view, show }: { view: View; show: (next: Viewed) => void }) {
  const left = beside(view, -1)
  const right = beside(view, 1)
  const won = view.job?.winner === view.index + 1
  return (
    <div className="at-stage">
      {left && (
        <ActionIcon
          className="at-stage-left"
          variant="default"
          radius="xl"
          size={36}
          aria-label="The result before"
          onClick={() => show(left)}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
      )}
      <Shown key={`${view.media.asset} ${view.index}`} media={view.media} />
      {won && (
        <span className="at-stage-won">
          <IconTrophy size={14} aria-hidden="true" /> Winner
        </span>
      )}
      {right && (
        <ActionIcon
          className="at-stage-right"
          variant="default"
          radius="xl"
          size={36}
          aria-label="The next result"
          onClick={() => show(right)}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
      )}
    </div>
  )
}

export function Shown({ media }: { media: Media }) {
  switch (media.kind) {
    case 'image':
      return <Picture asset={media.asset} placeholder={media.placeholder} alt={mediaWords(media)} />
    case 'video':
      return <Film media={media} />
    case 'audio':
      return (
        <div className="at-stage-sound">
          {media.thumb && <Picture asset={media.thumb} placeholder={media.placeholder} alt="" />}
          <AudioPlayer asset={media.asset} label={mediaWords(media)} length={media.length} />
        </div>
      )
    case 'text':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className="at-stage-text" tabIndex={0} aria-label="Text">
          {media.words}
        </section>
      )
  }
}
