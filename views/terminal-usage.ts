import type { Settings } from '../src/chat/kept-room.ts'
import { retentionSentence } from './retention.tsx'
import { roomPath } from './room-path.ts'

type Row = readonly [label: string, value: string]

export interface RoomUsage {
  readonly room: string
  /** The room's whole URL. */
  readonly link: string
  readonly here: number
  readonly kept: Settings | undefined
  /** Other rooms whose names look like this one's. */
  readonly similar: readonly string[]
  /** The server's origin, without a slash at the end. */
  readonly origin: string
}

/** Explains how to use a room from a terminal. */
export function roomUsage({ room, link, here, kept, similar, origin }: RoomUsage): string {
  return [
    `${room}, a ${kept ? 'kept' : 'vanishing'} room. ${countSentence(here)}`,
    retentionSentence(kept),
    ...similar.map(
      (other) => `Another room looks like this one, and is not the same: ${origin}${roomPath(other)}`,
    ),
    '',
    ...table([
      ['Follow it', `curl -N ${link}/live.txt`],
      ['in colours, under a name', `curl -N '${link}/live.txt?color&name=Ada'`],
      ['Say something', `curl -d text=hi ${link}/messages`],
      ['under a name', `curl -d text=hi '${link}/messages?name=Ada'`],
      [
        'the output of a program',
        `echo hi | curl --data-binary @- -H 'Content-Type: text/plain' ${link}/messages`,
      ],
      ['See who is here', `curl ${link}/people`],
      ...(kept ? ([['Read what was said', `curl '${link}/messages?limit=100'`]] as const) : []),
      ['In a browser', link],
      ['In a program', `${origin}/openapi.json`],
    ]),
    '',
  ].join('\n')
}

export interface HomeUsage {
  readonly origin: string
  readonly listed: readonly { readonly room: string; readonly here: number; readonly kept: boolean }[]
}

/** Explains how to use this server from a terminal. */
export function homeUsage({ origin, listed }: HomeUsage): string {
  const tea = `${origin}/r/tea`
  const rooms: Row[] = listed.map(({ room, here, kept }) => [
    origin + roomPath(room),
    `${here} here${kept ? ', kept' : ''}`,
  ])
  return [
    'Snug: name a room, share its link, and talk. A new name opens a new room.',
    '',
    ...table([
      ['Follow a room', `curl -N ${tea}/live.txt`],
      ['Say something', `curl -d text=hi ${tea}/messages`],
      ['See more of it', `curl ${tea}`],
      ['Make a kept room', `curl -d room=log -d kind=kept -d retention=30d ${origin}/rooms`],
      ['In a program', `${origin}/openapi.json`],
    ]),
    ...(rooms.length > 0 ? ['', 'Listed rooms:', ...table(rooms)] : []),
    '',
  ].join('\n')
}

function countSentence(here: number): string {
  if (here === 0) return 'Nobody is here.'
  return here === 1 ? '1 is here.' : `${here} are here.`
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)
}
