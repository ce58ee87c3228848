import { RETENTIONS } from '../src/chat/kept-room.ts'
import { DURATIONS } from './retention.tsx'

/** The values of the fields as the form sent them: they may be invalid. */
export interface RetentionFieldsProps {
  readonly retention: string
  readonly keep: string
}

/** The fields for how long and how many messages are kept. */
export function RetentionFields({ retention, keep }: RetentionFieldsProps) {
  return (
    <div class="field-grid">
      <label for="retention">Keep messages</label>
      <select id="retention" name="retention">
        {[...RETENTIONS.keys()].map((value) => (
          <option value={value} selected={value === retention}>
            {DURATIONS.get(value)}
          </option>
        ))}
      </select>
      <label for="keep">Keep only the newest (leave empty to keep all)</label>
      <input id="keep" name="keep" value={keep} inputmode="numeric" autocomplete="off" placeholder="all" />
    </div>
  )
}
