import { RETENTIONS } from '../src/chat/kept-room.ts'
import { DURATIONS } from './retention.tsx'

/** What is chosen or was typed: words of the form, whatever they are. */
export interface RetentionFieldsProps {
  readonly retention: string
  readonly keep: string
}

/** How long and how many messages are kept. */
export function RetentionFields({ retention, keep }: RetentionFieldsProps) {
  return (
    <div class="field-grid">
      <label for="retention">Keep messages</label>
      <select id="retention" name="retention">
        {[...RETENTIONS.keys()].map((word) => (
          <option value={word} selected={word === retention}>
            {DURATIONS.get(word)}
          </option>
        ))}
      </select>
      <label for="keep">Keep only the newest (leave empty to keep all)</label>
      <input id="keep" name="keep" value={keep} inputmode="numeric" autocomplete="off" placeholder="all" />
    </div>
  )
}
