import '@xyflow/react/dist/style.css'
import '../../styles/canvas.css'
import { useComputedColorScheme } from '@mantine/core'
import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  type NodeChange,
  type OnNodeDrag,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react'
import { type DragEvent, type MouseEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef } from 'react'
import type { EditWrite } from '../../../store/api'
import { useServices } from '../../app/services'
import { BranchMarks } from '../branches/BranchMarks'
import { CommentPins } from '../comments/CommentPins'
import { useMayComment, useMayEdit, useRoomState, useScope, useUI } from '../context'
import { AudioNode } from '../kinds/AudioNode'
import { ImageNode } from '../kinds/ImageNode'
import { NoteNode } from '../kinds/NoteNode'
import { OtherNode } from '../kinds/OtherNode'
import { PromptNode } from '../kinds/PromptNode'
import { TextNode } from '../kinds/TextNode'
import { VideoNode } from '../kinds/VideoNode'
import { createAt, type Point, round } from './actions'
import { CursorLayer } from './CursorLayer'
import { edgesOf, NodeDeriver, type RecordNode } from './derive'
import { accepted, uploadAll } from './upload'
import { useClipboard } from './useClipboard'
import { useFitAll } from './useFitAll'
import { useFollow } from './useFollow'
import { useKeys } from './useKeys'
import { useRecordClicks } from './useRecordClicks'

const nodeTypes = {
  prompt: PromptNode,
  note: NoteNode,
  text: TextNode,
  image: ImageNode,
  video: VideoNode,
  audio: AudioNode,
  other: OtherNode,
}

export function Canvas({ picker }: { picker: React.RefObject<HTMLInputElement | null> }) {
  const { room, ui } = useScope()
  const { backend } = useServices()
  const flow = useReactFlow()
  const mayEdit = useMayEdit()
  const mayComment = useMayComment()
  const tool = useUI((state) => state.tool)
  const scheme = useComputedColorScheme('light')
  const { nodes, edges } = useElements()
  const { commentAt, clickRecord, openMenu } = useRecordClicks()
  useFollow()
  const box = useRef<HTMLDivElement>(null)
  const pointer = useRef<Point | null>(null)
  const target = useTarget(box, pointer)
  useFirstFit()
  useSelectionPresence()
  useKeys({ target, upload: useCallback(() => picker.current?.click(), [picker]), mayEdit, mayComment })
  useClipboard(target, mayEdit)
  const { onNodesChange, onNodeDragStart } = useNodeChanges()

  function moved(event: PointerEvent) {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false })
    pointer.current = { x: event.clientX, y: event.clientY }
    room.moveCursor(round(at.x), round(at.y))
  }

  function clickPane(event: MouseEvent) {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    if (tool === 'comment') commentAt({ x: round(at.x), y: round(at.y) })
    else if (mayEdit && tool !== 'select' && tool !== 'hand') createAt(room, ui, tool, at)
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    const files = [...event.dataTransfer.files].filter((file) => file.type.startsWith('image/'))
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    if (mayEdit) void uploadAll(files, at, room, ui, backend)
  }

  return (
    <section
      ref={box}
      className="at-canvas"
      data-tool={tool}
      aria-label="Canvas"
      onPointerMove={moved}
      onPointerLeave={() => {
        pointer.current = null
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodesChange={onNodesChange}
        onNodeDragStart={onNodeDragStart}
        onPaneClick={clickPane}
        onNodeClick={clickRecord}
        onNodeContextMenu={openMenu}
        onMoveStart={(event) => {
          if (event) ui.setState({ following: null })
        }}
        onlyRenderVisibleElements
        nodesDraggable={mayEdit && tool === 'select'}
        nodesConnectable={false}
        elementsSelectable={tool === 'select'}
        panOnDrag={tool === 'hand' ? true : [1, 2]}
        panOnScroll
        selectionOnDrag={tool === 'select'}
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        disableKeyboardA11y={false}
        minZoom={0.05}
        maxZoom={4}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.8} />
        <Controls showInteractive={false} position="bottom-left" orientation="horizontal" />
        <MiniMap
          className="at-minimap"
          pannable
          zoomable
          position="bottom-right"
          nodeBorderRadius={6}
          ariaLabel="Map of the canvas"
        />
        <BranchMarks />
        <CommentPins />
      </ReactFlow>
      <CursorLayer />
      <input
        ref={picker}
        type="file"
        accept={accepted}
        multiple
        hidden
        aria-label="Pictures to upload"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          void uploadAll(files, target(), room, ui, backend)
        }}
      />
    </section>
  )
}

function useElements() {
  const records = useRoomState((state) => state.records)
  const selection = useUI((state) => state.selection)
  const deriver = useRef<NodeDeriver>(null)
  deriver.current ??= new NodeDeriver()
  const nodes = deriver.current.derive(records, selection)
  const edges = useMemo(() => edgesOf(records), [records])
  return { nodes, edges }
}

/** Where things made by key or paste go: under the pointer, or the middle of the view. In canvas coordinates. */
function useTarget(box: React.RefObject<HTMLDivElement | null>, pointer: React.RefObject<Point | null>) {
  const flow = useReactFlow()
  return useCallback(() => {
    const rect = box.current?.getBoundingClientRect() ?? new DOMRect()
    const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
    return flow.screenToFlowPosition(pointer.current ?? middle)
  }, [flow, box, pointer])
}

/** Shows everything once, when the room is there; never again by itself. */
function useFirstFit() {
  const { room } = useScope()
  const fitAll = useFitAll()
  const here = useRoomState((state) => state.status !== 'connecting')
  const done = useRef(false)
  useEffect(() => {
    if (!here || done.current) return
    done.current = true
    if (room.store.getState().records.size > 0) requestAnimationFrame(() => fitAll(0))
  }, [here, room, fitAll])
}

function useSelectionPresence() {
  const { room } = useScope()
  const selection = useUI((state) => state.selection)
  useEffect(() => {
    room.setPresence({ selection: selection.size > 0 ? [...selection].slice(0, 20) : null })
  }, [room, selection])
}

let drags = 0

/** Turns what React Flow reports into edits and selection. Sizes come from records, so its measurements are ignored. */
function useNodeChanges() {
  const { room, ui } = useScope()
  const gesture = useRef('')
  const onNodeDragStart = useCallback<OnNodeDrag<RecordNode>>(() => {
    drags += 1
    gesture.current = `drag-${drags}`
  }, [])
  const onNodesChange = useCallback(
    (changes: NodeChange<RecordNode>[]) => {
      const writes: EditWrite[] = []
      let selection: Set<string> | undefined
      const { records } = room.store.getState()
      for (const change of changes) {
        if (change.type === 'position' && change.position) {
          const props = records.get(change.id)?.props
          const x = round(change.position.x)
          const y = round(change.position.y)
          if (props && props.x !== x) writes.push([change.id, 'x', x])
          if (props && props.y !== y) writes.push([change.id, 'y', y])
        } else if (change.type === 'select') {
          selection ??= new Set(ui.getState().selection)
          if (change.selected) selection.add(change.id)
          else selection.delete(change.id)
        }
      }
      if (writes.length > 0) room.edit(writes, { gesture: gesture.current })
      if (selection) ui.setState({ selection })
    },
    [room, ui],
  )
  return { onNodesChange, onNodeDragStart }
}
