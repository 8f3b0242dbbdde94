import { ActionIcon, NativeSelect, Tooltip } from '@mantine/core'
import { IconUserMinus } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import type { Role } from '../../protocol/types'
import { atLeast, type Person, useServices } from '../app/services'
import { useSignedIn } from '../app/session'
import { complain } from '../app/toast'
import { initials } from '../room/members'

const roles: Role[] = ['owner', 'editor', 'commenter', 'viewer']

/** Everybody of the workspace; owners change roles and remove. */
export function PeopleList() {
  const { me } = useSignedIn()
  const { people, setRole, remove } = usePeople()
  const manages = atLeast(me.role, 'owner')
  if (!people || people.length === 0) return null
  return (
    <section aria-labelledby="people-title" className="at-people">
      <h2 id="people-title" className="at-h2">
        People
      </h2>
      <ul className="at-people-list">
        {people.map(({ user, role }) => (
          <li key={user.id} className="at-person">
            <span className="at-initials" aria-hidden="true">
              {initials(user.name)}
            </span>
            <span className="at-person-name">
              {user.name}
              {user.id === me.user.id && <span className="at-muted"> (you)</span>}
              {user.kind === 'bot' && <span className="at-tag">bot</span>}
            </span>
            {manages && user.kind !== 'bot' ? (
              <>
                <NativeSelect
                  aria-label={`Role of ${user.name}`}
                  size="xs"
                  data={roles}
                  value={role}
                  onChange={(event) => setRole(user.id, event.currentTarget.value as Role)}
                />
                <Tooltip label="Remove from the workspace">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${user.name}`}
                    disabled={user.id === me.user.id}
                    onClick={() => remove(user.id)}
                  >
                    <IconUserMinus size={16} />
                  </ActionIcon>
                </Tooltip>
              </>
            ) : (
              <span className="at-muted">{role}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function usePeople() {
  const { backend } = useServices()
  const [people, setPeople] = useState<Person[]>()
  const load = useCallback(() => {
    backend.people().then(setPeople, (error) => complain('The people are not shown', error))
  }, [backend])
  useEffect(load, [load])
  const setRole = (user: string, role: Role) => {
    backend.changeRole(user, role).then(load, (error) => complain('The role stays as it was', error))
  }
  const remove = (user: string) => {
    backend.removePerson(user).then(load, (error) => complain('Nobody was removed', error))
  }
  return { people, setRole, remove }
}
