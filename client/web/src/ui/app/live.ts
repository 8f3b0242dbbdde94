import { pageSignals } from '../../net/surroundings'
import { Api, claimSession, RoomClient } from '../../store'
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
  }
}
