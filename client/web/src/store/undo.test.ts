import { describe, expect, test } from 'vitest'
import { changesHeard, note, other, propsOf, shown, studioWithNote } from './testing/studio'

describe('undo', () => {
  test('takes a whole drag back, and redo brings it again', async () => {
    const { studio, ana } = await studioWithNote()
    for (const x of [10, 20, 30]) {
      ana.room.edit([[note, 'x', x]], { gesture: 'drag' })
      await studio.clock.advance(100)
    }
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.x).toBe(1)
    expect(studio.server.log.at(-1)?.writes).toEqual([[note, 'x', 1]])
    expect(changesHeard(studio).at(-1)?.undo).toBe(changesHeard(studio).at(-2)?.id)
    ana.room.redo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.x).toBe(30)
    expect(ana.room.store.getState()).toMatchObject({ canUndo: true, canRedo: false })
  })

  test('removes what was created and restores what was removed, with all its props', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.remove([note])
    await studio.clock.advance(10)
    expect(studio.server.visible().size).toBe(0)
    ana.room.undo()
    expect(propsOf(ana, note)).toEqual({ text: 'hello', x: 1 })
    await studio.clock.advance(10)
    expect(shown(ana.room)).toEqual(studio.server.visible())
    expect(studio.server.visible().get(note)?.props).toEqual({ text: 'hello', x: 1 })

    ana.room.create('note', { text: 'new', x: 2 }, other)
    await studio.clock.advance(10)
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().has(other)).toBe(false)
    ana.room.redo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(other)?.props).toEqual({ text: 'new', x: 2 })
  })

  test('leaves alone what somebody else wrote since, and says so', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([
      [note, 'x', 10],
      [note, 'y', 10],
    ])
    await studio.clock.advance(10)
    studio.server.commitAs('ben', [[note, 'x', 99]])
    await studio.clock.advance(10)
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props).toEqual({ text: 'hello', x: 99 })
    expect(ana.problems).toEqual([{ kind: 'skipped', cells: [{ record: note, prop: 'x' }] }])
  })

  test('leaves it alone also when theirs is not here yet', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([
      [note, 'x', 10],
      [note, 'y', 10],
    ])
    await studio.clock.advance(10)
    studio.server.commitAs('ben', [[note, 'x', 99]])
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props).toEqual({ text: 'hello', x: 99 })
    expect(shown(ana.room)).toEqual(studio.server.visible())
    expect(ana.problems).toMatchObject([{ kind: 'skipped', cells: [{ record: note, prop: 'x' }] }])
  })

  test('goes back to what somebody else wrote just before', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'x', 10]])
    studio.server.commitAs('ben', [[note, 'x', 99]])
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.x).toBe(10)
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.x).toBe(99)
  })
})

describe('undo of what others wrote in as well', () => {
  test('takes the own words out of a text', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'text', 'hello you']], { episode: 'e' })
    await studio.clock.advance(10)
    studio.server.commitAs('ben', [[note, 'text', 'oh hello you']])
    await studio.clock.advance(10)
    ana.room.undo()
    expect(propsOf(ana, note)?.text).toBe('oh hello you') // until the server has taken it out
    await studio.clock.advance(10)
    expect(propsOf(ana, note)?.text).toBe('oh hello')
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello')
    ana.room.redo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello you')
    expect(ana.problems).toEqual([])
  })

  test('takes the own words out also when they were merged on the way', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'text', 'hello you']], { episode: 'e' })
    studio.server.commitAs('ben', [[note, 'text', 'oh hello']])
    await studio.clock.advance(10)
    expect(propsOf(ana, note)?.text).toBe('oh hello you')
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello')
  })

  test('says which value was left, nothing included', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([
      [note, 'x', null],
      [note, 'y', 4],
    ])
    await studio.clock.advance(10)
    ana.room.undo()
    await studio.clock.advance(10)
    expect(changesHeard(studio).at(-1)?.writes).toEqual([
      [note, 'x', 1, null],
      [note, 'y', null, 4],
    ])
  })

  test('begins anew where the text of others was taken over', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'text', 'hello you', 'hello']], { episode: 'e' })
    await studio.clock.advance(100)
    studio.server.commitAs('ben', [[note, 'text', 'oh hello you']])
    await studio.clock.advance(100)
    ana.room.edit([[note, 'text', 'oh hello you there', 'oh hello you']], { episode: 'e' })
    await studio.clock.advance(100)
    ana.room.undo()
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello you')
    ana.room.undo()
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello')
  })

  test('takes back nothing that was refused', async () => {
    const { studio, ana } = await studioWithNote()
    studio.server.interfere = ([type]) =>
      type === 6 ? { code: 'INVALID_INPUT', message: 'no', retryable: false } : undefined
    ana.room.create('note', { text: 'no' }, other)
    await studio.clock.advance(10)
    expect(ana.room.store.getState().canUndo).toBe(false)
  })
})

describe('the undo stack', () => {
  test('is there after a reload, and judged by what stands', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'x', 10]])
    ana.room.edit([[note, 'y', 20]])
    ana.room.edit([[note, 'w', 30]])
    await studio.clock.advance(10)
    ana.room.undo()
    await studio.clock.advance(1000)
    studio.server.commitAs('ben', [[note, 'y', 99]])
    const reloaded = await studio.joined(ana.session)
    expect(reloaded.room.store.getState()).toMatchObject({ canUndo: true, canRedo: true })
    reloaded.room.redo()
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props).toMatchObject({ x: 10, y: 99, w: 30 })
    for (let i = 0; i < 3; i++) {
      reloaded.room.undo()
      await studio.clock.advance(100)
    }
    expect(studio.server.visible().get(note)?.props).toEqual({ text: 'hello', x: 1, y: 99 })
    expect(reloaded.problems).toEqual([{ kind: 'skipped', cells: [{ record: note, prop: 'y' }] }])
    expect(reloaded.room.store.getState().canUndo).toBe(false)
  })

  test('takes back after a reload what was not sent before it', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.down = true
    ana.network.cut()
    ana.room.edit([[note, 'x', 10]])
    await studio.clock.advance(1000)
    const reloaded = studio.client(ana.session)
    reloaded.room.connect()
    reloaded.room.undo() // nothing is here yet
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.x).toBe(10)
    reloaded.room.undo()
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.x).toBe(1)
  })

  test('keeps the newest fifty', async () => {
    const { studio, ana } = await studioWithNote()
    for (let i = 1; i <= 60; i++) ana.room.edit([[note, 'x', 100 + i]])
    await studio.clock.advance(5000)
    const reloaded = await studio.joined(ana.session)
    let undone = 0
    for (; reloaded.room.store.getState().canUndo; undone++) {
      reloaded.room.undo()
      await studio.clock.advance(100)
    }
    expect(undone).toBe(50)
    expect(studio.server.visible().get(note)?.props.x).toBe(110)
  })
})
