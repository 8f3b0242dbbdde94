import { ActionIcon, Button, CopyButton, TextInput } from '@mantine/core'
import { IconCheck, IconCopy, IconPlus } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { type Share, useServices } from '../../app/services'
import { complain, reasonOf } from '../../app/toast'
import { agoText } from '../describe/time'
import { useNameOf } from '../people'

/** Links to a lineage that anybody may open: making one, and ending those that are out. */
export function ShareLinks({ room, asset }: { room: string; asset: string }) {
  const { backend } = useServices()
  const [shares, setShares] = useState<readonly Share[]>([])
  const [url, setURL] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const load = useCallback(async () => {
    try {
      setShares((await backend.shares(room)).filter((share) => share.asset === asset))
    } catch (error) {
      setProblem(reasonOf(error))
    }
  }, [backend, room, asset])
  useEffect(() => {
    void load()
  }, [load])

  async function make() {
    setBusy(true)
    try {
      setURL((await backend.share(room, { asset })).url)
      await load()
    } catch (error) {
      complain('No link was made', error)
    } finally {
      setBusy(false)
    }
  }

  async function revoke(share: Share) {
    try {
      await backend.revoke(room, share.id)
      setURL('')
      await load()
    } catch (error) {
      complain('The link still works', error)
    }
  }

  return (
    <section className="at-shares" aria-label="Share links">
      <p className="at-muted at-small">Whoever has a link sees this lineage and its pictures, without signing in.</p>
      {url ? (
        <div className="at-share-made">
          <TextInput
            className="at-share-url"
            aria-label="Share link"
            description="It is shown this once."
            readOnly
            value={url}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <ActionIcon variant="default" size={36} aria-label={copied ? 'Copied' : 'Copy link'} onClick={copy}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            )}
          </CopyButton>
        </div>
      ) : (
        <Button size="xs" leftSection={<IconPlus size={14} />} loading={busy} onClick={make}>
          Make link
        </Button>
      )}
      {problem && <p className="at-job-error">{problem}</p>}
      {shares.length > 0 && (
        <ul aria-label="Links that work">
          {shares.map((share, i) => (
            <ShareRow key={share.id} share={share} number={i + 1} revoke={() => void revoke(share)} />
          ))}
        </ul>
      )}
    </section>
  )
}

function ShareRow({ share, number, revoke }: { share: Share; number: number; revoke: () => void }) {
  const nameOf = useNameOf()
  return (
    <li>
      <span>
        Link {number}
        <span className="at-muted">
          {' '}
          by {nameOf(share.created_by)}, {agoText(share.created_at, Date.now())}
        </span>
      </span>
      <Button size="compact-xs" variant="default" aria-label={`Revoke link ${number}`} onClick={revoke}>
        Revoke
      </Button>
    </li>
  )
}
