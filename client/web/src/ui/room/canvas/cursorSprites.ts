import { PerfectCursor } from 'perfect-cursors'
import type { Member } from '../../../protocol/types'
import { readable } from '../colour'
import { branchOf } from '../context'
import { showLoudness } from '../voice/context'

type View = readonly [x: number, y: number, zoom: number]

interface Sprite {
  element: HTMLElement
  path: PerfectCursor | undefined
  x: number
  y: number
  idle: ReturnType<typeof setTimeout>
}

const idleAfter = 5000
const arrow = 'M1 1 L1 15.5 L5.2 11.8 L8 18 L10.8 16.8 L8 10.8 L13.5 10.5 Z'

/**
 * One element per remote cursor, moved by its transform. Positions are the canvas's; the view turns them into the
 * layer's. A position of a member that is not known (yet) is dropped: the next one comes within a tick.
 */
export class CursorSprites {
  private readonly sprites = new Map<number, Sprite>()
  private view: View = [0, 0, 1]
  private branch = ''
  private branchName: (branch: string) => string = () => ''

  constructor(
    private readonly layer: HTMLElement,
    private readonly memberOf: (m: number) => Member | undefined,
    private readonly smooth: boolean,
    /** How loud who speaks when their cursor comes. */
    private readonly levels: ReadonlyMap<number, number> = new Map(),
  ) {}

  move(m: number, x: number, y: number): void {
    const sprite = this.sprites.get(m) ?? this.add(m, x, y)
    if (!sprite) return
    clearTimeout(sprite.idle)
    sprite.idle = setTimeout(() => sprite.element.classList.add('at-cursor-idle'), idleAfter)
    sprite.element.classList.remove('at-cursor-idle')
    if (sprite.path) sprite.path.addPoint([x, y])
    else this.put(sprite, x, y)
  }

  /** The name of who speaks has a ring. */
  speak(m: number, level: number): void {
    const sprite = this.sprites.get(m)
    if (sprite) showLoudness(sprite.element, level)
  }

  forget(m: number): void {
    const sprite = this.sprites.get(m)
    if (!sprite) return
    this.sprites.delete(m)
    clearTimeout(sprite.idle)
    sprite.path?.dispose()
    sprite.element.remove()
  }

  setView(view: View): void {
    if (view[0] === this.view[0] && view[1] === this.view[1] && view[2] === this.view[2]) return
    this.view = view
    for (const sprite of this.sprites.values()) this.put(sprite, sprite.x, sprite.y)
  }

  /** Cursors of who looks at another branch than this one are dimmed and say which. */
  setBranch(branch: string, nameOf: (branch: string) => string): void {
    this.branch = branch
    this.branchName = nameOf
    for (const [m, sprite] of this.sprites) this.label(m, sprite.element)
  }

  close(): void {
    for (const m of [...this.sprites.keys()]) this.forget(m)
  }

  private add(m: number, x: number, y: number): Sprite | undefined {
    const member = this.memberOf(m)
    if (!member) return undefined
    const element = draw(member)
    this.label(m, element)
    showLoudness(element, this.levels.get(m) ?? 0)
    this.layer.append(element)
    const sprite: Sprite = { element, path: undefined, x, y, idle: setTimeout(() => {}, 0) }
    if (this.smooth) sprite.path = new PerfectCursor(([px = x, py = y]) => this.put(sprite, px, py))
    this.sprites.set(m, sprite)
    this.put(sprite, x, y)
    return sprite
  }

  private label(m: number, element: HTMLElement): void {
    const member = this.memberOf(m)
    if (!member) return
    const there = branchOf(member)
    const elsewhere = there !== this.branch
    element.classList.toggle('at-cursor-elsewhere', elsewhere)
    const words = elsewhere ? `${member.name} · on ${this.branchName(there)}` : member.name
    const name = element.querySelector('span')
    if (name && name.textContent !== words) name.textContent = words
  }

  private put(sprite: Sprite, x: number, y: number): void {
    sprite.x = x
    sprite.y = y
    const [vx, vy, zoom] = this.view
    sprite.element.style.transform = `translate(${x * zoom + vx}px, ${y * zoom + vy}px)`
  }
}

function draw(member: Member): HTMLElement {
  const element = document.createElement('div')
  element.className = 'at-cursor'
  element.dataset.member = String(member.m)
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 15 20')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', arrow)
  const colour = readable(member.colour)
  path.setAttribute('fill', colour)
  svg.append(path)
  const name = document.createElement('span')
  name.textContent = member.name
  name.style.background = colour
  element.append(svg, name)
  return element
}
