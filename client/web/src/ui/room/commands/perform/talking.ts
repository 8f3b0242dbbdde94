import type { Call } from '../../../../voice/call'
import { atLeast } from '../../../app/services'
import { type Performance, Refusal, type Stage } from './stage'

const inCall =
  (act: (call: Call) => unknown): Performance =>
  (_, stage) => {
    const call = present(stage)
    if (call.store.getState().status === 'out') throw new Refusal('You are not in the call.')
    return act(call)
  }

function present({ call, room }: Stage): Call {
  if (!call || !room.store.getState().features.includes('voice')) throw new Refusal('This server relays no voice.')
  return call
}

/** The call. */
export const talking: Readonly<Record<string, Performance>> = {
  join_call: (_, stage) => present(stage).join({ mute: !atLeast(stage.room.store.getState().role, 'commenter') }),
  leave_call: inCall((call) => call.leave()),
  mute: inCall((call) => call.mute(true)),
  unmute: inCall((call) => call.mute(false)),
  deafen: inCall((call) => call.deafen(true)),
  undeafen: inCall((call) => call.deafen(false)),
}

/** What owners may. */
export const ruling: Readonly<Record<string, Performance>> = {
  mute_member: ({ member = 0 }, { room }) => room.call.mute(member),
  remove_member: ({ member = 0 }, { room }) => room.call.remove(member),
  start_recording: (_, { room }) => room.call.record(),
  stop_recording: (_, { room }) => {
    const { recording } = room.store.getState()
    if (!recording) throw new Refusal('Nothing is being recorded.')
    return room.call.endRecording(recording.id)
  },
  pause_queue: (_, { room }) => room.setQueue({ paused: true }),
  resume_queue: (_, { room }) => room.setQueue({ paused: false }),
  invite: (_, { ui }) => ui.setState({ inviting: true }),
}
