import '../../styles/viewer.css'
import '../../styles/lineage.css'
import { type ReactNode, useState } from 'react'
import type { Lineage, LineageNode } from '../../app/services'
import { LineageGraph } from './LineageGraph'
import { NodeDetails } from './NodeDetails'
import { Sources } from './Sources'

interface Props {
  lineage: Lineage
  /** What can be done with the chosen asset. */
  acts?: (node: LineageNode) => ReactNode
}

/** A lineage as a graph, its sources with their shares, and the chosen asset's details. */
export function LineageView({ lineage, acts }: Props) {
  const [chosen, choose] = useState(lineage.asset)
  const node = lineage.nodes.find(({ asset }) => asset === chosen) ?? lineage.nodes[0]
  return (
    <div className="at-lineage">
      <div className="at-lineage-main">
        <LineageGraph lineage={lineage} chosen={node?.asset ?? ''} choose={choose} />
        <Sources lineage={lineage} choose={choose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="at-lineage-side" tabIndex={0} aria-label="About it">
        <h2 className="at-hidden">About it</h2>
        {lineage.more && <p className="at-muted at-small">There is more of it than is shown here.</p>}
        {node && (
          <NodeDetails lineage={lineage} node={node} choose={choose}>
            {acts?.(node)}
          </NodeDetails>
        )}
      </section>
    </div>
  )
}
