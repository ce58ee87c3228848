import { figure } from '../report.ts'

type Cell = string | number

/** A table in Markdown; the first column is text, the others figures. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(written).join(' | ')} |`
  const rule = head.map((_name, index) => (index === 0 ? '---' : '--:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function written(cell: Cell): string {
  return typeof cell === 'number' ? figure(cell) : cell
}
