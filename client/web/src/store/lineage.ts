/** Bodies of the lineage and share calls of docs/http.md. */
export interface LineageNode {
  asset: string
  /** Steps from the asset that was asked for; negative above it. */
  depth: number
  /** Its part of the asset that was asked for, 0–1. */
  influence?: number
  kind: 'image' | 'video' | 'audio' | 'text'
  mime?: string
  bytes?: number
  width?: number
  height?: number
  duration_ms?: number
  thumb?: string
  placeholder?: string
  text?: string
  record?: string
  job?: string
  index?: number
  transform?: string
  prompt?: string
  negative?: string
  provider?: string
  model?: string
  params?: Record<string, unknown>
  seed?: number
  user_name?: string
  /** unix ms */
  at?: number
  uploaded?: boolean
}

export interface LineageEdge {
  from: string
  to: string
  job?: string
  index?: number
  weight: number
  /** Its part of `to`, 0–1. */
  share: number
}

/** An upload, a result at the cut, or the words of a job: their shares are 1 together. */
export interface LineageSource {
  asset?: string
  job?: string
  prompt?: string
  share: number
}

export interface Lineage {
  room: string
  asset: string
  nodes: LineageNode[]
  edges: LineageEdge[]
  sources: LineageSource[]
  /** Some were left out. */
  more?: boolean
}

export interface Share {
  id: string
  room: string
  asset: string
  up: number
  down: number
  created_by: string
  /** unix ms */
  created_at: number
}

/** How a PNG that was made here says it was made. */
export interface Provenance {
  job: string
  index?: number
  kind: string
  transform: string
  provider: string
  model: string
  prompt?: string
  negative?: string
  params?: Record<string, unknown>
  seed: number
  inputs?: string[]
}
