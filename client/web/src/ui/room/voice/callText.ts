import type { Member, Recording } from '../../../protocol/types'
import type { MicrophoneFault } from '../../../voice/ports'
import type { Quality } from '../../../voice/quality'
import type { CallFault, CallNews } from '../../../voice/state'
import { reasonOf } from '../../app/toast'

const microphoneTexts: Record<MicrophoneFault, string> = {
  denied: 'The browser does not let this page use the microphone. Allow it beside the address, then try again.',
  missing: 'No microphone was found. Plug one in, then try again.',
  busy: 'Another program is using the microphone. Close it, then try again.',
  insecure: 'Browsers give microphones only to pages that came over https. Others can be heard all the same.',
}

export const microphoneText = (fault: MicrophoneFault) => microphoneTexts[fault]

export function faultText(fault: CallFault): string {
  switch (fault.kind) {
    case 'unreachable':
      return 'Voice does not get through from this network: it lets neither UDP nor TCP pass to the voice port. Another network may, or whoever runs this server can set up a TURN server.'
    case 'removed':
      return 'An owner took you out of the call.'
    case 'refused':
      return `The call does not take you. ${reasonOf(fault.error)}`
  }
}

export function newsText(news: CallNews): string {
  return news === 'muted by an owner' ? 'An owner muted you.' : 'Your role in this room may listen, not speak.'
}

export function qualityText({ grade, loss, roundTrip, over }: Quality): string {
  const words = { good: 'Good connection', fair: 'Fair connection', poor: 'Poor connection' }[grade]
  const lost = loss >= 0.005 ? `${Math.round(loss * 100)} % lost` : ''
  const trip = roundTrip === undefined ? '' : `${Math.round(roundTrip)} ms there and back`
  const way = { udp: '', tcp: 'over TCP, as UDP is blocked here', relay: 'through a relay' }[over]
  return [words, lost, trip, way].filter(Boolean).join(', ')
}

/** What a face says of the call: nothing for who is not in it. */
export function voiceText({ voice }: Pick<Member, 'voice'>): string {
  if (!voice) return ''
  if (voice.away) return 'losing the call'
  if (voice.deaf) return 'in the call, hears nothing'
  return voice.muted ? 'in the call, muted' : 'in the call'
}

export function joinText(inCall: number): string {
  return inCall === 0 ? 'Start a call' : `Join the call, ${inCall} in it`
}

/** Whether one still has to say if one's words may be kept. */
export function asksFor(recording: Recording | undefined, user: string | undefined): boolean {
  if (recording?.state !== 'on' || !user) return false
  return !recording.yes?.includes(user) && !recording.no?.includes(user)
}
