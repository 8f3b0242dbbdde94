import { Menu } from '@mantine/core'
import {
  IconAdjustments,
  IconArrowsMaximize,
  IconBrush,
  IconFileText,
  IconGitFork,
  IconLink,
  IconMovie,
  IconMusic,
  IconPencil,
  IconSparkles,
  IconVersions,
} from '@tabler/icons-react'
import { useMayEdit, useRoomState, useScope } from '../context'
import { workText } from '../queue/wording'
import type { Media } from '../results/media'
import type { Recipe, Remix } from './choices'
import { InputItems } from './InputItems'
import { useRemix } from './useRemix'

const signs: Record<string, typeof IconSparkles> = {
  variation: IconVersions,
  edit: IconPencil,
  upscale: IconArrowsMaximize,
  soundtrack: IconMusic,
  animate: IconMovie,
  describe: IconFileText,
}

const acts: Record<string, string> = {
  variation: 'Variation',
  upscale: 'Make it larger',
  soundtrack: 'Soundtrack',
  animate: 'Animate to a film',
  describe: 'Describe in words',
}

/** The items of a menu over one result or several: what can be made of them, using them as inputs, their lineage. */
export function RemixItems({ sources }: { sources: readonly Media[] }) {
  const { may, remixes, recipes, make } = useRemix(sources)
  const mayEdit = useMayEdit()
  const prompt = sources.find((media) => media.prompt)?.prompt ?? ''
  return (
    <>
      {may && remixes.length > 0 && (
        <>
          <Menu.Label>Remix</Menu.Label>
          {remixes.map((remix) => (
            <RemixItem
              key={`${remix.transform} ${remix.kind}`}
              remix={remix}
              sources={sources}
              make={() => make({ transform: remix.transform, kind: remix.kind, model: remix.models[0], prompt })}
            />
          ))}
          <MoreItem sources={sources} />
        </>
      )}
      {may && recipes.length > 0 && <Recipes recipes={recipes} make={(recipe) => make(wishOf(recipe, prompt))} />}
      {mayEdit && <InputItems sources={sources} />}
      {sources.length === 1 && sources[0]?.asset && <LineageItem asset={sources[0].asset} />}
    </>
  )
}

function wishOf({ first, steps }: Recipe, prompt: string) {
  return { ...first, prompt, steps }
}

interface ItemProps {
  remix: Remix
  sources: readonly Media[]
  make: () => void
}

/** An edit asks what to change first; everything else is queued at once. */
function RemixItem({ remix, sources, make }: ItemProps) {
  const { ui } = useScope()
  const Sign = signs[remix.transform] ?? IconSparkles
  if (remix.transform !== 'edit') {
    return (
      <Menu.Item leftSection={<Sign size={15} />} onClick={make}>
        {acts[remix.transform] ?? workText(remix)}
      </Menu.Item>
    )
  }
  return (
    <>
      <Menu.Item
        leftSection={<Sign size={15} />}
        onClick={() => ui.setState({ remixing: { dialog: 'settings', sources, transform: 'edit' } })}
      >
        Edit with words…
      </Menu.Item>
      {remix.takesMask && sources.length === 1 && sources[0]?.kind === 'image' && (
        <Menu.Item
          leftSection={<IconBrush size={15} />}
          onClick={() => ui.setState({ remixing: { dialog: 'mask', sources } })}
        >
          Edit a part of it…
        </Menu.Item>
      )}
    </>
  )
}

function MoreItem({ sources }: { sources: readonly Media[] }) {
  const { ui } = useScope()
  return (
    <Menu.Item
      leftSection={<IconAdjustments size={15} />}
      onClick={() => ui.setState({ remixing: { dialog: 'settings', sources } })}
    >
      Several, or a sweep…
    </Menu.Item>
  )
}

function Recipes({ recipes, make }: { recipes: readonly Recipe[]; make: (recipe: Recipe) => void }) {
  return (
    <>
      <Menu.Label>All in one go</Menu.Label>
      {recipes.map((recipe) => (
        <Menu.Item key={recipe.key} leftSection={<IconLink size={15} />} onClick={() => make(recipe)}>
          {recipe.title}
        </Menu.Item>
      ))}
    </>
  )
}

function LineageItem({ asset }: { asset: string }) {
  const { ui } = useScope()
  const past = useRoomState((state) => state.past !== undefined)
  if (past) return null
  return (
    <>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconGitFork size={15} />}
        onClick={() => ui.setState({ lineageOf: asset, viewing: null })}
      >
        Lineage
      </Menu.Item>
    </>
  )
}
