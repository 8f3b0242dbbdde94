import type { Room } from '../../../store/api'
import type { Backend } from '../../app/services'
import { complain } from '../../app/toast'
import type { RoomUI } from '../uiStore'
import { type Point, placeAsset } from './actions'

export const accepted = 'image/png,image/jpeg,image/webp,image/gif'

/** Uploads pictures one after the other and puts each on the canvas as soon as it is stored. */
export async function uploadAll(files: readonly File[], at: Point, room: Room, ui: RoomUI, backend: Backend) {
  let step = 0
  for (const file of files) {
    try {
      const asset = await backend.upload(file, undefined, room.store.getState().room?.id)
      placeAsset(room, ui, asset, file.name, { x: at.x + step, y: at.y + step })
      step += 32
    } catch (error) {
      complain(`${file.name} was not uploaded`, error)
    }
  }
}
