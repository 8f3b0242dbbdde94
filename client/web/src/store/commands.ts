/** What somebody said, as the server understood it (docs/commands.md). */
export interface SpokenCommand {
  readonly do: string
  readonly of?: readonly string[]
  readonly kind?: string
  readonly transform?: string
  readonly prompt?: string
  readonly count?: number
  readonly shape?: string
  readonly text?: string
  readonly name?: string
  readonly to?: string
  readonly member?: number
  readonly branch?: string
  readonly job?: string
  readonly times?: number
  readonly stars?: number
  readonly panel?: string
  /** One short sentence to speak or show. */
  readonly say: string
  /** It destroys or ends something: `say` asks first. */
  readonly confirm?: boolean
  readonly guessed?: boolean
}

/** What “this”, a name or “my job” may mean. */
export interface SpokenContext {
  readonly selection: readonly SpokenItem[]
  readonly last?: SpokenItem
  readonly members: readonly { m: number; name: string }[]
  readonly self?: number
  readonly branches: readonly { id: string; name: string }[]
  readonly branch?: string
  readonly jobs: readonly { id: string; state: string; prompt?: string }[]
  readonly in_call: boolean
  readonly asked: boolean
}

export interface SpokenItem {
  readonly id: string
  readonly kind: string
  readonly asset?: string
}
