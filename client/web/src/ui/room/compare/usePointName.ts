import { useRoomState } from '../context'

/** A point as people call it: “Main”, “Main, revision 12”, a version's or a branch's name. */
export function usePointName(point: string): string {
  return useRoomState(({ branches, versions }) => {
    const [where = '', rev] = point.split('@')
    const name = where === 'main' ? 'Main' : (branches.get(where)?.name ?? 'A branch')
    if (rev === undefined) return name
    const version = where === 'main' ? [...versions.values()].find((one) => String(one.rev) === rev) : undefined
    return version ? version.name : `${name}, revision ${rev}`
  })
}
