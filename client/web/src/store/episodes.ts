/**
 * Which episode an edit belongs to. What is written while the connection is lost is one, whatever the field says, so that
 * all of it that meets others' work ends up on one branch. A stay in a field that lasts over the return goes on in it.
 */
export class Episodes {
  private offline: string | undefined
  private readonly moved = new Map<string, string>()

  constructor(private readonly newId: () => string) {}

  /** The connection is back; the next loss is another episode. */
  joined(): void {
    this.offline = undefined
  }

  of(named: string | undefined, live: boolean): string | undefined {
    const known = named === undefined ? undefined : this.moved.get(named)
    if (known !== undefined) return known
    if (live) return named
    this.offline ??= this.newId()
    if (named !== undefined) this.moved.set(named, this.offline)
    return this.offline
  }
}
