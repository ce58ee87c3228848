export interface EmbedSettingsProps {
  /** The list as typed. Empty: every origin that the operator allows. */
  readonly origins: string
  readonly secret: string | undefined
  readonly saved?: boolean
  readonly refusal?: string
}

/** The form for the owner: which other sites' pages may show the room, and the secret with which they name users. */
export function EmbedSettings({
  path,
  origins,
  secret,
  saved,
  refusal,
}: EmbedSettingsProps & { path: string }) {
  return (
    <form id="embedding" class="box settings" method="post" action={`${path}/embedding`}>
      <h2>On other sites’ pages</h2>
      <label for="origins">
        Pages that may show this room (leave empty to allow every page this server allows)
      </label>
      <textarea
        id="origins"
        name="origins"
        rows={2}
        placeholder="https://blog.example.org https://*.example.com"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={refusal ? 'true' : undefined}
        aria-describedby={refusal ? 'embedding-refusal' : 'embedding-hint'}
      >
        {origins}
      </textarea>
      {refusal && (
        <p id="embedding-refusal" class="refusal" role="alert">
          {refusal}
        </p>
      )}
      {saved && (
        <p class="success" role="status">
          Saved. This applies to pages opened from now on.
        </p>
      )}
      <p id="embedding-hint" class="hint">
        Origins separated by spaces; <code>*</code> allows every page, <code>none</code> allows no page.
      </p>
      <button type="submit">Save</button>
      {secret && (
        <>
          <label for="secret">
            The secret with which your own pages name their users. Anyone who has it can be anybody here
          </label>
          <input id="secret" value={secret} readonly autocomplete="off" />
        </>
      )}
      {!secret && (
        <p class="hint">
          If your own pages know who is reading, they can name those users here with a shared secret.
        </p>
      )}
      <p>
        <button type="submit" name="secret" value="new" class="secondary">
          {secret ? 'Replace the secret' : 'Make a secret'}
        </button>
        {secret && (
          <button type="submit" name="secret" value="none" class="secondary">
            Remove it
          </button>
        )}
      </p>
    </form>
  )
}
