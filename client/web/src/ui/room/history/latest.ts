/** Runs one request at a time; of those asked for meanwhile the newest alone is run next. */
export class LatestRequest<T> {
  private running = false
  private next: { value: T } | undefined

  constructor(
    private readonly run: (value: T) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  ask(value: T): void {
    if (this.running) {
      this.next = { value }
      return
    }
    void this.start(value)
  }

  /** What waits is not wanted any more; what runs goes on. */
  forget(): void {
    this.next = undefined
  }

  private async start(value: T): Promise<void> {
    this.running = true
    try {
      await this.run(value)
    } catch (error) {
      this.failed(error)
    }
    this.running = false
    const next = this.next
    this.next = undefined
    if (next) void this.start(next.value)
  }
}
