import { IconQuote } from '@tabler/icons-react'
import type { Lineage } from '../../app/services'
import { Thumb } from '../results/Thumb'
import { mediaOfNode, originText } from './describe'
import { InfluenceBar } from './InfluenceBar'
import { percentages } from './shares'

/** Where an asset comes from in the end: uploads and words, their shares being all of it. */
export function Sources({ lineage, choose }: { lineage: Lineage; choose: (asset: string) => void }) {
  const sources = [...lineage.sources].sort((a, b) => b.share - a.share)
  const percents = percentages(sources.map(({ share }) => share))
  const by = new Map(lineage.nodes.map((node) => [node.asset, node]))
  const byJob = new Map(lineage.nodes.flatMap((node) => (node.job ? [[node.job, node] as const] : [])))
  if (sources.length === 0) return null
  return (
    <section aria-label="Sources" className="at-sources">
      <h2 className="at-panel-title">Where it comes from</h2>
      <ul>
        {sources.map((source, i) => {
          const node = (source.asset && by.get(source.asset)) || (source.job && byJob.get(source.job)) || undefined
          const words = source.prompt || (node ? node.prompt || originText(node) : 'A source that is not here any more')
          return (
            <li key={`${source.asset} ${source.job}`}>
              <button type="button" className="at-source" disabled={!node} onClick={() => node && choose(node.asset)}>
                <span className="at-source-sign" aria-hidden="true">
                  {source.prompt || !node ? <IconQuote size={15} /> : <Thumb media={mediaOfNode(node)} />}
                </span>
                <span className="at-source-words">
                  {words}
                  {source.prompt && node && <small>Words of the {originText(node).toLowerCase()}</small>}
                </span>
                <span className="at-source-share">{percents[i]} %</span>
                <InfluenceBar share={source.share} />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
