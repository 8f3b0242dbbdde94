import { pageSignals, systemClock } from '../../net/surroundings'
import { Api, claimSession, RoomClient } from '../../store'
import { browserMedia, browserPreferences } from '../../voice/browser'
import { Call } from '../../voice/call'
import { browserSpeech } from '../../voice/recognition'
import type { Services } from './services'

/** The services of a page that the server itself served. */
export function liveServices(): Services {
  const backend = new Api()
  return {
    backend,
    async openRoom(id, user) {
      const session = await claimSession(id, user)
      return new RoomClient({
        url: () => backend.socketUrl(id),
        session,
        client: 'studio',
        signals: pageSignals(window),
        past: async (point) => (await backend.recordsAt(id, point)).records,
      })
    },
    speech: browserSpeech,
    openCall: (room) =>
      new Call({
        room,
        media: browserMedia,
        preferences: browserPreferences,
        clock: systemClock,
        signals: pageSignals(window),
      }),
  }
}
