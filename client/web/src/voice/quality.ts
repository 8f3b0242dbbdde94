export type Grade = 'good' | 'fair' | 'poor'

/** How well one is heard and hears. */
export interface Quality {
  readonly grade: Grade
  /** Of what was sent to us since the last look, 0 to 1. */
  readonly loss: number
  /** ms; undefined before it is measured. */
  readonly roundTrip?: number
  /** ms */
  readonly jitter: number
  /** How media goes; `tcp` where UDP is blocked, `relay` through a TURN server. */
  readonly over: 'udp' | 'tcp' | 'relay'
}

/** Totals of one look, to be taken from those of the next. */
export interface Tally {
  readonly received: number
  readonly lost: number
}

export const noTally: Tally = { received: 0, lost: 0 }

/** Reads a report of getStats (https://www.w3.org/TR/webrtc-stats/). */
export function readQuality(report: ReadonlyMap<string, Stats>, before: Tally): { quality: Quality; tally: Tally } {
  let [received, lost, jitter] = [0, 0, 0]
  let pair: Stats | undefined
  for (const stats of report.values()) {
    if (stats.type === 'inbound-rtp') {
      received += stats.packetsReceived ?? 0
      lost += stats.packetsLost ?? 0
      jitter = Math.max(jitter, (stats.jitter ?? 0) * 1000)
    }
    if (stats.type === 'candidate-pair' && stats.nominated && stats.state === 'succeeded') pair = stats
  }
  const missing = Math.max(0, lost - before.lost)
  const expected = Math.max(0, received - before.received) + missing
  const loss = expected > 0 ? missing / expected : 0
  const roundTrip = pair?.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1000
  const own = report.get(pair?.localCandidateId ?? '')
  const over = own?.candidateType === 'relay' ? 'relay' : own?.protocol === 'tcp' ? 'tcp' : 'udp'
  return { quality: { grade: grade(loss, roundTrip ?? 0), loss, roundTrip, jitter, over }, tally: { received, lost } }
}

/** Opus conceals single losses; above a tenth words go missing. Conversations stumble from 300 ms there and back. */
function grade(loss: number, roundTrip: number): Grade {
  if (loss > 0.1 || roundTrip > 500) return 'poor'
  return loss > 0.03 || roundTrip > 250 ? 'fair' : 'good'
}

/** What is read of an entry of the report. */
export interface Stats {
  readonly type: string
  readonly packetsReceived?: number
  readonly packetsLost?: number
  /** s */
  readonly jitter?: number
  readonly nominated?: boolean
  readonly state?: string
  /** s */
  readonly currentRoundTripTime?: number
  readonly localCandidateId?: string
  readonly candidateType?: string
  readonly protocol?: string
}
