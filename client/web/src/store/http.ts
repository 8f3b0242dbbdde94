import { readError } from '../protocol/decode'
import { ApiError } from '../protocol/errors'
import type {
  CellConflict,
  Job,
  JobRequest,
  Limits,
  QueueInfo,
  QueuePatch,
  Recording,
  Resolution,
  Role,
  RoomInfo,
  WireRecord,
  Write,
} from '../protocol/types'
import type { SpokenCommand } from './commands'
import { hex, sha256 } from './digest'
import type { Lineage, Provenance, Share } from './lineage'
import type {
  BranchInfo,
  HistoryPage,
  HistoryQuery,
  MadeBranch,
  NamedCell,
  NewBranch,
  RoomDiff,
  VersionInfo,
} from './versioning'

export type * from './lineage'
export type * from './versioning'

export interface User {
  id: string
  name: string
  kind: 'guest' | 'person' | 'bot'
}

export interface Me {
  user: User
  workspace: { id: string; name: string }
  role: Role
}

export interface ServerConfig {
  guests: boolean
  version: string
  limits: Limits
}

export interface RoomSummary extends RoomInfo {
  role: Role
  /** How many are in it now. */
  members: number
  created_at: number
}

export interface Person {
  user: User
  role: Role
}

export interface Invite {
  id: string
  role: Role
  room?: string
  uses?: number
  expires_at?: number
  created_at: number
}

export interface ApiKey {
  id: string
  name: string
  role: Role
  rooms?: string[]
  expires_at?: number
  created_at: number
}

export interface Provider {
  name: string
  title: string
  models: Model[]
}

export interface Model {
  name: string
  title: string
  kind: 'image' | 'video' | 'audio' | 'text'
  transforms: string[]
  default: boolean
  /** What one result counts in the queue. */
  units: number
  /** Kinds of what it works from, in order; the last one may repeat. */
  inputs: { kinds?: string[]; least?: number; mask?: boolean }
}

/** `id` is the SHA-256 of its bytes in hex. */
export interface Asset {
  id: string
  mime: string
  bytes: number
  width?: number
  height?: number
  duration_ms?: number
  thumb?: string
  placeholder?: string
  provenance?: Provenance
}

export interface ApiOptions {
  /** "" is the page's own origin. */
  readonly origin?: string
  /** API key of a bot; a page has its cookie. */
  readonly key?: string
  readonly fetch?: typeof fetch
}

/** The HTTP API of docs/http.md. Every method rejects with ApiError; `UNAVAILABLE` with status 0 when no answer came. */
export class Api {
  constructor(private readonly options: ApiOptions = {}) {}

  config = () => this.get<ServerConfig>('/v1/config')
  /** What somebody said or typed, as one command (docs/commands.md). */
  understand = (room: string, text: string, context: unknown) =>
    this.post<SpokenCommand>(`/v1/rooms/${room}/commands`, { text, context })
  recordings = (room: string) => this.get<{ recordings: Recording[] }>(`/v1/rooms/${room}/recordings`)
  me = () => this.get<Me>('/v1/me')
  signInAsGuest = (name: string) => this.post<{ user: User }>('/v1/guests', { name })
  acceptInvite = (token: string, name?: string) =>
    this.post<{ user: User; workspace: { id: string; name: string }; room?: string; role: Role }>(
      '/v1/invites/accept',
      { token, name },
    )
  logout = () => this.post<void>('/v1/logout')
  ticket = (room: string) => this.post<{ ticket: string; expires_at: number }>('/v1/tickets', { room })

  rooms = async () => (await this.get<{ rooms: RoomSummary[] }>('/v1/rooms')).rooms
  room = (id: string) => this.get<RoomSummary>(path('/v1/rooms', id))
  createRoom = (name: string, isPrivate?: boolean) => this.post<RoomSummary>('/v1/rooms', { name, private: isPrivate })
  changeRoom = (id: string, patch: { name?: string; private?: boolean }) =>
    this.json<RoomSummary>('PATCH', path('/v1/rooms', id), patch)
  deleteRoom = (id: string) => this.json<void>('DELETE', path('/v1/rooms', id))
  /** With `after` what moved since that sequence, oldest first; else everything unfinished and then the newest ends. */
  jobs = (room: string, after = 0, limit = 100) =>
    this.get<{ seq: number; jobs: Job[] }>(of(room, 'jobs') + search({ after, limit }))
  /** The same request again, by its id, gets the job that is there. */
  enqueue = (room: string, request: JobRequest) => this.post<Job>(of(room, 'jobs'), request)
  cancelJob = (room: string, job: string) => this.deed(room, job, 'cancel')
  retryJob = (room: string, job: string) => this.deed(room, job, 'retry')
  approveJob = (room: string, job: string) => this.deed(room, job, 'approve')
  /** Before another queued job of the same requester, or behind all of them. */
  moveJob = (room: string, job: string, before = '') => this.deed(room, job, 'move', { before })
  /** 1 to 5 stars; 0 takes one's own back. */
  rateJob = (room: string, job: string, index: number, stars: number) => this.deed(room, job, 'rate', { index, stars })
  /** Picking the winner takes that back. */
  pickResult = (room: string, job: string, index: number) => this.deed(room, job, 'rate', { index, pick: true })
  queue = (room: string) => this.get<QueueInfo>(of(room, 'queue'))
  setQueue = (room: string, patch: QueuePatch) => this.json<QueueInfo>('PATCH', of(room, 'queue'), patch)
  /** Cancels what waits, of one user or of everybody; resolves to how many jobs that were. */
  clearQueue = async (room: string, user = '') =>
    (await this.post<{ jobs: number }>(`${of(room, 'queue')}/clear`, { user })).jobs

  branches = (room: string) => this.get<{ rev: number; branches: BranchInfo[] }>(of(room, 'branches'))
  createBranch = (room: string, branch: NewBranch = {}) => this.post<MadeBranch>(of(room, 'branches'), branch)
  /** Moves what the caller's session wrote on main in its last sitting to a new branch. */
  moveSession = (room: string, { session, ...branch }: { id?: string; name?: string; session?: string } = {}) =>
    this.createBranch(room, { ...branch, move: { session } })
  changeBranch = (room: string, branch: string, patch: { name?: string; archived?: boolean }) =>
    this.json<BranchInfo>('PATCH', path(of(room, 'branches'), branch), patch)
  /** Rejects with CONFLICT and `details.conflicts` where cells need a resolution. */
  merge = (room: string, request: { id?: string; branch: string; records?: string[]; resolve?: Resolution[] }) =>
    this.post<{ rev: number; writes?: Write[]; skipped?: CellConflict[] }>(of(room, 'merges'), request)
  history = (room: string, query: HistoryQuery = {}) => this.get<HistoryPage>(of(room, 'history') + search(query))
  /** Takes back any change, a merge too, where nobody wrote since; `id` names the new change. */
  undoChange = (room: string, change: string, id?: string) =>
    this.post<{ rev: number; skipped?: NamedCell[] }>(`${path(of(room, 'history'), change)}/undo`, { id })
  /** Points are `main`, `main@12`, a branch's id, or `BRANCH@40`. */
  diff = (room: string, a: string, b: string) => this.get<RoomDiff>(of(room, 'diff') + search({ a, b }))
  /** The canvas as it shows on a branch ('' is main), at a revision or now. */
  recordsAt = (room: string, { rev, branch }: { rev?: number; branch?: string } = {}) =>
    this.get<{ rev: number; records: WireRecord[] }>(of(room, 'records') + search({ rev, branch: branch || undefined }))
  /** Makes records (all, when none are named) what they were. */
  restore = (room: string, request: { rev: number; records?: string[]; id?: string }) =>
    this.post<{ rev: number; restored: number; skipped?: NamedCell[] }>(of(room, 'restore'), request)
  versions = async (room: string) => (await this.get<{ versions: VersionInfo[] }>(of(room, 'versions'))).versions
  createVersion = (room: string, version: { id?: string; name: string; rev?: number }) =>
    this.post<VersionInfo>(of(room, 'versions'), version)

  people = async () => (await this.get<{ people: Person[] }>('/v1/people')).people
  changeRole = (user: string, role: Role) => this.json<Person>('PATCH', path('/v1/people', user), { role })
  removePerson = (user: string) => this.json<void>('DELETE', path('/v1/people', user))
  invites = async () => (await this.get<{ invites: Invite[] }>('/v1/invites')).invites
  createInvite = (invite: { role: Role; room?: string; uses?: number; expires_in_s?: number }) =>
    this.post<{ invite: Invite; token: string; url: string }>('/v1/invites', invite)
  deleteInvite = (id: string) => this.json<void>('DELETE', path('/v1/invites', id))
  keys = async () => (await this.get<{ keys: ApiKey[] }>('/v1/keys')).keys
  createKey = (key: { name: string; role: Role; rooms?: string[]; expires_in_s?: number }) =>
    this.post<{ key: ApiKey; secret: string }>('/v1/keys', key)
  deleteKey = (id: string) => this.json<void>('DELETE', path('/v1/keys', id))
  providers = async () => (await this.get<{ providers: Provider[] }>('/v1/providers')).providers

  /** Stores the bytes; the same bytes twice are one asset. In a room, a copy of a result is linked to it. */
  upload = (bytes: Blob, signal?: AbortSignal, room?: string) =>
    this.request<Asset>('PUT', `/v1/assets${search({ room })}`, {
      body: bytes,
      signal,
      type: 'application/octet-stream',
    })

  /** A result of a job that is run under this lease. `CONFLICT`: the lease is lost. */
  putResult = async (room: string, job: string, index: number, token: number, bytes: Blob, signal?: AbortSignal) =>
    this.request<Asset>('PUT', `${path(of(room, 'jobs'), job)}/results/${index}${search({ token })}`, {
      body: bytes,
      signal,
      type: 'application/octet-stream',
      sha256: hex(await sha256(await bytes.arrayBuffer())),
    })
  /** An asset's bytes. */
  asset = async (id: string, signal?: AbortSignal) =>
    (await this.answer('GET', path('/v1/assets', id), { signal })).blob()

  lineage = (room: string, asset: string, up?: number, down?: number) =>
    this.get<Lineage>(path(of(room, 'lineage'), asset) + search({ up, down }))
  shares = async (room: string) => (await this.get<{ shares: Share[] }>(of(room, 'shares'))).shares
  /** The link is told once. */
  share = (room: string, share: { asset: string; up?: number; down?: number }) =>
    this.post<{ share: Share; url: string }>(of(room, 'shares'), share)
  revoke = (room: string, share: string) => this.json<void>('DELETE', path(of(room, 'shares'), share))
  /** What a share link shows; needs no identity. */
  shared = (token: string) => this.get<Lineage>(path('/v1/shared', token))
  /** Bytes of an asset that a share link shows. */
  sharedAsset = async (token: string, asset: string) => (await this.answer('GET', sharedPath(token, asset), {})).blob()

  sharedAssetUrl(token: string, asset: string): string {
    return `${this.options.origin ?? ''}${sharedPath(token, asset)}`
  }

  /** The lineage as a JSON file. */
  lineageUrl(room: string, asset: string, name = 'lineage.json'): string {
    return `${this.options.origin ?? ''}${path(of(room, 'lineage'), asset)}${search({ download: name })}`
  }

  assetUrl(id: string, download?: string): string {
    const query = download === undefined ? '' : `?download=${encodeURIComponent(download)}`
    return `${this.options.origin ?? ''}${path('/v1/assets', id)}${query}`
  }

  /** Of a room's socket. */
  socketUrl(room: string, ticket?: string): string {
    const base = this.options.origin || globalThis.location.origin
    const url = new URL(`${path('/v1/rooms', room)}/socket`, base)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    if (ticket) url.searchParams.set('ticket', ticket)
    return url.href
  }

  private get<T>(url: string): Promise<T> {
    return this.request('GET', url, {})
  }

  private post<T>(url: string, body: unknown = {}): Promise<T> {
    return this.json('POST', url, body)
  }

  private json<T>(method: string, url: string, body?: unknown): Promise<T> {
    if (body === undefined) return this.request(method, url, {})
    return this.request(method, url, { body: JSON.stringify(body), type: 'application/json' })
  }

  private deed(room: string, job: string, what: string, body?: unknown): Promise<Job> {
    return this.json('POST', `${path(of(room, 'jobs'), job)}/${what}`, body)
  }

  private async request<T>(method: string, url: string, sent: Sent): Promise<T> {
    const response = await this.answer(method, url, sent)
    return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as T
  }

  private async answer(method: string, url: string, { body, type, sha256, signal }: Sent): Promise<Response> {
    const headers: Record<string, string> = {}
    if (type) headers['Content-Type'] = type
    if (sha256) headers['X-Content-SHA256'] = sha256
    if (this.options.key) headers.Authorization = `Bearer ${this.options.key}`
    const ask = this.options.fetch ?? fetch
    let response: Response
    try {
      response = await ask(`${this.options.origin ?? ''}${url}`, { method, headers, body, signal })
    } catch (error) {
      if (signal?.aborted) throw error
      throw ApiError.unavailable('the server cannot be reached')
    }
    if (response.ok) return response
    throw new ApiError(readError(await response.json().catch(() => undefined)), response.status)
  }
}

interface Sent {
  body?: BodyInit
  type?: string
  /** Of the body, in hex. */
  sha256?: string
  signal?: AbortSignal
}

function sharedPath(token: string, asset: string): string {
  return path(`${path('/v1/shared', token)}/assets`, asset)
}

function path(collection: string, id: string): string {
  return `${collection}/${encodeURIComponent(id)}`
}

function of(room: string, collection: string): string {
  return `${path('/v1/rooms', room)}/${collection}`
}

function search(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const params = new URLSearchParams(given.map(([key, value]) => [key, String(value)]))
  return given.length === 0 ? '' : `?${params}`
}
