import '@xyflow/react/dist/style.css'
import { useComputedColorScheme } from '@mantine/core'
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { createContext, type KeyboardEvent, useContext, useMemo } from 'react'
import type { Lineage, LineageNode } from '../../app/services'
import { Thumb } from '../results/Thumb'
import { mediaOfNode, originText, standText } from './describe'
import { InfluenceBar } from './InfluenceBar'
import { cardHeight, cardWidth, layOut, neighbour, type Placed } from './layout'
import { shareText } from './shares'

interface Choice {
  chosen: string
  choose: (asset: string) => void
  placed: ReadonlyMap<string, Placed>
}

const ChoiceContext = createContext<Choice | null>(null)

type CardNode = Node<{ node: LineageNode }, 'card'>

const nodeTypes = { card: Card }
const fit = { padding: 0.15, maxZoom: 1 }

interface Props {
  lineage: Lineage
  chosen: string
  choose: (asset: string) => void
}

/** What an asset was made from and what was made from it. The arrow keys go from card to card. */
export function LineageGraph({ lineage, chosen, choose }: Props) {
  const scheme = useComputedColorScheme('light')
  const placed = useMemo(() => layOut(lineage), [lineage])
  const nodes = useMemo(() => [...placed.values()].map(nodeOf), [placed])
  const edges = useMemo(() => edgesOf(lineage), [lineage])
  const choice = useMemo(() => ({ chosen, choose, placed }), [chosen, choose, placed])
  return (
    <section className="at-lineage-graph" aria-label="Graph">
      <ChoiceContext value={choice}>
        <ReactFlowProvider>
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            colorMode={scheme}
            fitView
            fitViewOptions={fit}
            minZoom={0.1}
            maxZoom={1.5}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            panOnScroll
            deleteKeyCode={null}
            disableKeyboardA11y
          >
            <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} />
            <Controls showInteractive={false} position="bottom-left" orientation="horizontal" />
          </ReactFlow>
        </ReactFlowProvider>
      </ChoiceContext>
    </section>
  )
}

function nodeOf({ node, x, y }: Placed): CardNode {
  return {
    id: node.asset,
    type: 'card',
    position: { x, y },
    width: cardWidth,
    height: cardHeight,
    data: { node },
  }
}

function edgesOf({ nodes, edges }: Lineage): Edge[] {
  const known = new Set(nodes.map(({ asset }) => asset))
  return edges
    .filter(({ from, to }) => known.has(from) && known.has(to))
    .map(({ from, to, share }) => ({
      id: `${from} ${to}`,
      source: from,
      target: to,
      label: shareText(share),
      className: 'at-lineage-edge',
      markerEnd: {
        type: MarkerType.ArrowClosed,
        width: 18,
        height: 18,
        markerUnits: 'userSpaceOnUse',
        color: 'var(--xy-edge-stroke)',
      },
      // Thicker the more of it went in.
      style: { strokeWidth: 1.2 + share * 3 },
    }))
}

function Card({ data: { node } }: NodeProps<CardNode>) {
  const choice = useContext(ChoiceContext)
  const flow = useReactFlow()
  if (!choice) return null
  const { chosen, choose, placed } = choice
  const origin = originText(node)
  const words = node.prompt || node.text || ''

  function key(event: KeyboardEvent<HTMLButtonElement>) {
    const next = neighbour(placed, node.asset, event.key)
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    const scope = event.currentTarget.closest('.react-flow')
    choose(next)
    scope?.querySelector<HTMLButtonElement>(`[data-asset="${next}"]`)?.focus()
  }

  return (
    <>
      <Handle type="target" position={Position.Left} className="at-handle" isConnectable={false} />
      <Handle type="source" position={Position.Right} className="at-handle" isConnectable={false} />
      <button
        type="button"
        className="at-card nopan"
        data-asset={node.asset}
        data-this={node.depth === 0 || undefined}
        aria-pressed={chosen === node.asset}
        onClick={() => choose(node.asset)}
        onFocus={(event) => {
          // Only for the keyboard: a click must not move what is clicked.
          if (!event.currentTarget.matches(':focus-visible')) return
          void flow.fitView({ nodes: [{ id: node.asset }], padding: 1, maxZoom: flow.getZoom(), duration: 180 })
        }}
        onKeyDown={key}
      >
        <span className="at-card-picture">
          <Thumb media={mediaOfNode(node)} />
        </span>
        <span className="at-card-origin">
          {origin}
          <span className="at-hidden">, {standText(node)}.</span>
        </span>
        <span className="at-card-words">{words || node.model || node.mime}</span>
        {node.influence !== undefined && node.depth < 0 && (
          <span className="at-card-influence">
            <InfluenceBar share={node.influence} />
            <span className="at-hidden">Influence </span>
            {shareText(node.influence)}
          </span>
        )}
      </button>
    </>
  )
}
