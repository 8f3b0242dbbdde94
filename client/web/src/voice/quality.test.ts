import { describe, expect, test } from 'vitest'
import { noTally, readQuality, type Stats } from './quality'

const report = (received: number, lost: number, more: Partial<Stats> = {}, own: Partial<Stats> = {}) =>
  new Map<string, Stats>([
    ['in1', { type: 'inbound-rtp', packetsReceived: received, packetsLost: lost, jitter: 0.004 }],
    ['in2', { type: 'inbound-rtp', packetsReceived: 0, packetsLost: 0, jitter: 0.012 }],
    ['old', { type: 'candidate-pair', nominated: true, state: 'failed', currentRoundTripTime: 9 }],
    [
      'pair',
      {
        type: 'candidate-pair',
        nominated: true,
        state: 'succeeded',
        currentRoundTripTime: 0.04,
        localCandidateId: 'own',
        ...more,
      },
    ],
    ['own', { type: 'local-candidate', candidateType: 'host', protocol: 'udp', ...own }],
  ])

describe('the quality of a connection', () => {
  test.each([
    [100, 0, 0.04, 'good'],
    [98, 2, 0.04, 'good'],
    [95, 5, 0.04, 'fair'],
    [100, 0, 0.3, 'fair'],
    [85, 15, 0.04, 'poor'],
    [100, 0, 0.6, 'poor'],
  ])('%d came and %d did not, %d s there and back: %s', (received, lost, trip, grade) => {
    const { quality } = readQuality(report(received, lost, { currentRoundTripTime: trip }), noTally)
    expect(quality.grade).toBe(grade)
  })

  test('is that of the time since the last look', () => {
    const first = readQuality(report(50, 50), noTally)
    expect(first.quality.loss).toBe(0.5)
    const second = readQuality(report(150, 50), first.tally)
    expect(second.quality).toEqual({ grade: 'good', loss: 0, roundTrip: 40, jitter: 12, over: 'udp' })
  })

  test('a count that falls, of a new connection, is no loss', () => {
    expect(readQuality(report(10, 0), { received: 500, lost: 20 }).quality.loss).toBe(0)
  })

  test.each([
    [{ protocol: 'tcp' }, 'tcp'],
    [{ candidateType: 'relay', protocol: 'udp' }, 'relay'],
    [{}, 'udp'],
  ])('its way with %j is %s', (own, over) => {
    expect(readQuality(report(10, 0, {}, own), noTally).quality.over).toBe(over)
  })

  test('nothing is known of a connection that is being made', () => {
    const { quality } = readQuality(new Map(), noTally)
    expect(quality).toEqual({ grade: 'good', loss: 0, roundTrip: undefined, jitter: 0, over: 'udp' })
  })
})
