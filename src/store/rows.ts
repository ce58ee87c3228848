import type { Deleted, Edited, Posted, RoomEvent } from '../chat/event.ts'
import type { Name } from '../chat/name.ts'
import type { Slug } from '../chat/room.ts'

/** A row of SQLite's; trusted: only Snug writes it. */
export type Row = Readonly<Record<string, unknown>>

export function readEvent(room: Slug, row: Row): RoomEvent {
  switch (row.kind) {
    case 'posted':
      return readPosted(room, row)
    case 'edited':
      return readEdited(room, row)
    case 'deleted':
      return readDeleted(room, row)
  }
  throw new Error(`There is an event of kind ${String(row.kind)} in the database`)
}

/** @param prefix of the columns that hold the message */
export function readPosted(room: Slug, row: Row, prefix = '', seq = Number(row.seq)): Posted {
  const editedAt = row[`${prefix}edited_at`]
  return {
    kind: 'posted',
    id: { epoch: String(row[`${prefix}epoch`]), seq },
    room,
    at: Number(row[`${prefix}at`]),
    author: {
      name: String(row[`${prefix}name`]) as Name,
      tag: String(row[`${prefix}tag`]),
      verified: row[`${prefix}verified`] === 1,
    },
    text: String(row[`${prefix}text`]),
    ...(editedAt === null ? {} : { editedAt: Number(editedAt) }),
    kept: true,
  }
}

function readEdited(room: Slug, row: Row): Edited {
  return { kind: 'edited', ...readHead(room, row), message: readPosted(room, row, 'm_', Number(row.of)) }
}

function readDeleted(room: Slug, row: Row): Deleted {
  const of = { epoch: String(row.of_epoch), seq: Number(row.of) }
  return { kind: 'deleted', ...readHead(room, row), of }
}

function readHead(room: Slug, row: Row) {
  return { id: { epoch: String(row.epoch), seq: Number(row.seq) }, room, at: Number(row.at) }
}
