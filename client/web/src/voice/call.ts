import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock, Signals } from '../net/ports'
import { ApiError } from '../protocol/errors'
import type { Room } from '../store/api'
import { Listeners } from '../store/listeners'
import { Line, type LineEnd } from './line'
import { Listening } from './listening'
import { Microphone } from './microphone'
import type { Media, Preferences } from './ports'
import { noTally, readQuality, type Stats } from './quality'
import { loadSettings, saveSettings } from './settings'
import type { CallFault, CallNews, CallState } from './state'

export interface CallOptions {
  readonly room: Pick<Room, 'store' | 'call'>
  readonly media: Media
  readonly preferences: Preferences
  readonly clock: Clock
  readonly signals: Signals
}

const againMs = 500
const lookMs = 2000
/** Members are told of a change within this; what they say of us meanwhile is older. */
const settledMs = 1000

/**
 * Our place in the room's call. Once joined it stays: over lost sockets, changed networks and a server that was started anew, until
 * one leaves or is taken out.
 */
export class Call {
  readonly store: StoreApi<CallState>
  private readonly microphone: Microphone
  private readonly news = new Listeners<CallNews>()
  private readonly watching: (() => void)[] = []
  private line: Line | undefined
  private listening: Listening | undefined
  private life = 0
  private telling = false
  private told: { muted: boolean; deaf: boolean } | undefined
  private toldAt = Number.NEGATIVE_INFINITY
  private wake = () => {}

  constructor(private readonly options: CallOptions) {
    this.microphone = new Microphone(options.media, () => void this.lostMicrophone())
    this.store = createStore<CallState>(() => ({
      status: 'out',
      muted: false,
      deaf: false,
      held: false,
      listening: false,
      microphones: [],
      speakers: [],
      ...loadSettings(options.preferences),
    }))
  }

  onNews = (heard: (news: CallNews) => void) => this.news.add(heard)
  level = () => this.microphone.level()

  /** `mute`: without asking for the microphone, for those who only listen. */
  async join({ mute = false } = {}): Promise<void> {
    if (this.state.status !== 'out') return
    const life = ++this.life
    this.set({ status: 'joining', fault: undefined, muted: mute, deaf: false, held: false, listening: mute })
    this.watch()
    if (!mute) await this.openMicrophone()
    if (life === this.life) void this.run(life)
    else if (this.state.status === 'out') this.microphone.close()
  }

  leave(): void {
    if (this.state.status === 'out') return
    this.options.room.call.leave().catch(() => {}) // who is not heard of any more is taken out
    this.out(undefined)
  }

  /** Unmuting asks for the microphone where there is none yet. */
  async mute(muted: boolean): Promise<void> {
    if (!muted && this.state.listening && !(await this.findMicrophone())) return
    this.set({ muted, held: false })
    this.tell()
  }

  deafen(deaf: boolean): void {
    this.set({ deaf })
    this.listening?.mix()
    this.tell()
  }

  /** Push to talk: while it is held, one who is muted speaks. */
  hold(held: boolean): void {
    if (held === this.state.held || this.state.listening) return
    this.set({ held: held && this.state.muted && this.state.status === 'in' })
    this.tell()
  }

  async takeMicrophone(id: string): Promise<void> {
    this.keep({ microphone: id })
    if (this.state.status !== 'out') await this.findMicrophone()
  }

  takeSpeaker(id: string): void {
    this.keep({ speaker: id })
    this.listening?.through(id)
  }

  async process(wish: Partial<Pick<CallState, 'noise' | 'echo'>>): Promise<void> {
    this.keep(wish)
    if (this.state.status !== 'out' && !this.state.listening) await this.findMicrophone()
  }

  setVolume(user: string, part: number): void {
    this.keep({ volumes: new Map(this.state.volumes).set(user, part) })
    this.listening?.mix()
  }

  private get state(): CallState {
    return this.store.getState()
  }

  private set(patch: Partial<CallState>): void {
    this.store.setState(patch)
    const { muted, held } = this.state
    this.microphone.silence(muted && !held)
  }

  private keep(patch: Partial<CallState>): void {
    this.set(patch)
    saveSettings(this.options.preferences, this.state)
  }

  // The connection.

  private async run(life: number): Promise<void> {
    while (life === this.life) {
      const fault = await this.connect(life)
      if (life !== this.life) return
      if (fault) return this.out(fault)
      this.set({ status: this.state.status === 'joining' ? 'joining' : 'returning', quality: undefined })
      await this.pause()
    }
  }

  /** One connection, until it is of no use any more; answers why there should not be another. */
  private async connect(life: number): Promise<CallFault | undefined> {
    const { room, media, clock } = this.options
    try {
      const wish = { muted: this.silent, deaf: this.state.deaf }
      const offer = await room.call.join(wish)
      if (life !== this.life) return undefined
      this.told = wish
      this.toldAt = clock.now()
      this.listening = new Listening(room, media, () => this.state)
      this.line = new Line(room, media.connection(offer.ice ?? []), this.microphone.track, clock, {
        flowing: () => this.flowing(),
        interrupted: () => this.set({ status: 'returning' }),
        heard: (slot, stream) => this.listening?.play(slot, stream),
      })
      await this.line.answer(offer)
      return faultOf(await this.line.ended)
    } catch (error) {
      const final = error instanceof ApiError && !error.retryable && error.code !== 'CONFLICT'
      return final ? { kind: 'refused', error } : undefined
    } finally {
      if (life === this.life) this.hangUp()
    }
  }

  private flowing(): void {
    this.set({ status: 'in' })
    this.tell()
    void this.look(this.line, noTally)
  }

  private hangUp(): void {
    this.line?.close()
    this.listening?.close()
    this.line = this.listening = undefined
  }

  private out(fault: CallFault | undefined): void {
    this.life++
    this.wake()
    this.hangUp()
    this.microphone.close()
    for (const stop of this.watching.splice(0)) stop()
    this.set({ status: 'out', fault, held: false, quality: undefined, microphoneFault: undefined })
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.options.clock.after(againMs, resolve)
      this.wake = () => {
        stop()
        resolve()
      }
    })
  }

  private async look(line: Line | undefined, before: typeof noTally): Promise<void> {
    if (!line || line !== this.line) return
    const report = await line.pc.getStats()
    const { quality, tally } = readQuality(report as unknown as ReadonlyMap<string, Stats>, before)
    if (line !== this.line) return
    if (this.state.status === 'in') this.set({ quality })
    this.options.clock.after(lookMs, () => void this.look(line, tally))
  }

  // What the server is told, and tells.

  private get silent(): boolean {
    const { muted, held } = this.state
    return muted && !held
  }

  /** Says how one is now; one command at a time, the newest wins. */
  private async tell(): Promise<void> {
    const next = { muted: this.silent, deaf: this.state.deaf }
    const same = next.muted === this.told?.muted && next.deaf === this.told?.deaf
    if (this.telling || same || this.state.status === 'out' || !this.line) return
    this.telling = true
    this.toldAt = this.options.clock.now()
    try {
      await this.options.room.call.set(next)
      this.told = next
    } catch (error) {
      // Without the socket it is told with the next join, or when media flows again.
      if (error instanceof ApiError && error.code === 'FORBIDDEN') {
        this.set({ muted: true, held: false })
        this.news.tell('may not speak')
      } else return
    } finally {
      this.telling = false
    }
    void this.tell()
  }

  private watch(): void {
    const { room, media, signals } = this.options
    this.watching.push(
      room.store.subscribe((now, before) => {
        if (now.members !== before.members) this.listening?.mix()
        if (now.self?.voice?.muted && !before.self?.voice?.muted) this.mutedByServer()
        if (now.status === 'live' && before.status !== 'live') void this.tell()
      }),
      signals.subscribe((signal) => signal === 'online' && void this.line?.restart()),
      media.onDevices(() => void this.listDevices()),
    )
    void this.listDevices()
  }

  private mutedByServer(): void {
    const settled = this.options.clock.now() - this.toldAt >= settledMs
    if (this.silent || this.telling || !settled) return
    this.told = { muted: true, deaf: this.state.deaf }
    this.set({ muted: true, held: false })
    this.news.tell('muted by an owner')
  }

  // The devices.

  private async openMicrophone(): Promise<boolean> {
    const { microphone, noise, echo } = this.state
    const fault = await this.microphone.open({ id: microphone || undefined, noise, echo })
    const listening = this.microphone.track === undefined
    this.set({ microphoneFault: fault, listening, muted: this.state.muted || listening })
    void this.listDevices()
    return fault === undefined
  }

  /** Another microphone, or the first one: then the connection is made anew, as it was made without. */
  private async findMicrophone(): Promise<boolean> {
    const before = this.microphone.track
    const found = await this.openMicrophone()
    const { track } = this.microphone
    if (found && track && before) await this.line?.speak(track)
    else if (found) this.line?.close()
    return found
  }

  private async lostMicrophone(): Promise<void> {
    if (await this.openMicrophone()) {
      const { track } = this.microphone
      if (track) await this.line?.speak(track)
      return
    }
    this.microphone.close()
    this.set({ listening: true, muted: true, held: false })
    void this.tell()
  }

  private async listDevices(): Promise<void> {
    const { microphones, speakers } = await this.options.media.devices()
    this.set({ microphones, speakers })
  }
}

function faultOf(end: LineEnd): CallFault | undefined {
  return end === 'lost' ? undefined : { kind: end }
}
