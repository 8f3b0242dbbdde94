import { Button, Modal } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useServices } from '../app/services'
import { text } from './canvas/geometry'
import { useRoomState, useScope, useUI } from './context'
import { Picture } from './kinds/Picture'

/** One picture, as large as the window allows, with what it was made from. */
export function Viewer() {
  const { ui } = useScope()
  const { backend } = useServices()
  const id = useUI((state) => state.viewing)
  const record = useRoomState((state) => (id ? state.records.get(id) : undefined))
  const asset = text(record?.props.asset)
  const title = text(record?.props.title) || 'Picture'
  const words = text(record?.props.prompt)
  return (
    <Modal
      opened={record !== undefined && asset !== ''}
      onClose={() => ui.setState({ viewing: null })}
      title={title}
      size="auto"
      padding="md"
    >
      <div className="at-viewer">
        <Picture
          key={asset}
          asset={asset}
          placeholder={text(record?.props.placeholder)}
          alt={text(record?.props.alt) || words || title}
        />
        <div className="at-viewer-foot">
          <p>{words}</p>
          <Button
            component="a"
            href={backend.assetUrl(asset, title)}
            variant="default"
            size="sm"
            leftSection={<IconDownload size={15} />}
          >
            Download
          </Button>
        </div>
      </div>
    </Modal>
  )
}
