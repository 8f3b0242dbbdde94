import type { Role } from '../../../../protocol/types'
import type { SpokenCommand } from '../../../../store/commands'
import { atLeast } from '../../../app/services'
import { looking } from './looking'
import { making, remarking } from './making'
import { type Performance, Refusal, type Stage } from './stage'
import { ruling, talking } from './talking'

const parts: readonly { least: Role; past: boolean; performances: Readonly<Record<string, Performance>> }[] = [
  { least: 'viewer', past: true, performances: looking },
  { least: 'viewer', past: true, performances: talking },
  { least: 'commenter', past: false, performances: remarking },
  { least: 'editor', past: false, performances: making },
  { least: 'owner', past: true, performances: ruling },
]

/** Does what was understood. The server judges, as ever; what is plain is said here. Throws Refusal and ApiError. */
export async function perform(command: SpokenCommand, stage: Stage): Promise<void> {
  const part = parts.find(({ performances }) => Object.hasOwn(performances, command.do))
  const { role, past } = stage.room.store.getState()
  if (!part) throw new Refusal('This page cannot do that yet. Reload it, it may be older than the server.')
  if (past && !part.past) throw new Refusal('This is the past. Nothing can be changed here.')
  if (!atLeast(role, part.least)) throw new Refusal(`That takes the role of ${part.least} or more in this room.`)
  await part.performances[command.do]?.(command, stage)
}
