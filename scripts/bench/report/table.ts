import { formatFigure } from '../report.ts'

type Cell = string | number

/** A table in Markdown. The first column is text, the others are figures. */
export function formatTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(formatCell).join(' | ')} |`
  const rule = head.map((_name, index) => (index === 0 ? '---' : '--:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function formatCell(cell: Cell): string {
  return typeof cell === 'number' ? formatFigure(cell) : cell
}
