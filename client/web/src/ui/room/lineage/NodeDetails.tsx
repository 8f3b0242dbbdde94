import type { ReactNode } from 'react'
import type { Lineage, LineageNode } from '../../app/services'
import { valueText } from '../describe/cells'
import { momentText } from '../describe/time'
import { Shown } from '../results/Stage'
import { mediaOfNode, originText, standText } from './describe'
import { InfluenceBar } from './InfluenceBar'
import { shareText } from './shares'

interface Props {
  lineage: Lineage
  node: LineageNode
  choose: (asset: string) => void
  children?: ReactNode
}

/** One asset of a lineage with how it was made; children are what can be done with it. */
export function NodeDetails({ lineage, node, choose, children }: Props) {
  return (
    <section className="at-node" aria-label="Details" data-kind={node.kind}>
      <div className="at-node-shown">
        <Shown key={node.asset} media={mediaOfNode(node)} />
      </div>
      <h3 className="at-node-title">
        {originText(node)} <span className="at-muted">{standText(node)}</span>
      </h3>
      {node.influence !== undefined && node.depth < 0 && (
        <p className="at-node-influence">
          <InfluenceBar share={node.influence} />
          {shareText(node.influence)} of the result
        </p>
      )}
      <Facts node={node} />
      <MadeFrom lineage={lineage} node={node} choose={choose} />
      {children && <div className="at-node-acts">{children}</div>}
    </section>
  )
}

function Facts({ node }: { node: LineageNode }) {
  const facts = [
    ['Prompt', node.prompt],
    ['Left out', node.negative],
    ['Model', [node.provider, node.model].filter(Boolean).join(' / ')],
    ['Settings', node.params && valueText('params', node.params)],
    ['Seed', node.seed ? String(node.seed) : ''],
    ['Size', node.width && node.height ? `${node.width} × ${node.height}` : ''],
    ['By', [node.user_name, node.at && momentText(node.at, Date.now())].filter(Boolean).join(', ')],
  ].filter(([, value]) => value && value !== 'nothing')
  return (
    <dl className="at-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function MadeFrom({ lineage, node, choose }: Omit<Props, 'children'>) {
  const by = new Map(lineage.nodes.map((one) => [one.asset, one]))
  const edges = lineage.edges.filter(({ to, from }) => to === node.asset && by.has(from))
  if (edges.length === 0) return null
  return (
    <div className="at-made-from">
      <p className="at-panel-title">Made from</p>
      <ul>
        {edges.map(({ from, share }) => {
          const source = by.get(from)
          return source ? (
            <li key={from}>
              <button type="button" onClick={() => choose(from)}>
                {originText(source)}
                {source.prompt && <span className="at-muted"> {source.prompt}</span>}
              </button>
              <span>{shareText(share)}</span>
            </li>
          ) : null
        })}
      </ul>
    </div>
  )
}
