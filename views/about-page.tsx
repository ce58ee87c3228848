import type { AssetUrl } from './asset-url.ts'
import { Layout } from './layout.tsx'

/** Explains what Snug is and what it stores. */
export function AboutPage({ asset, replaySeconds }: { asset: AssetUrl; replaySeconds: number }) {
  return (
    <Layout title="About Snug" asset={asset} bodyClass="info-page">
      <main class="prose">
        <a class="home-link" href="/" aria-label="Snug, home">
          <img src={asset('icon.svg')} alt="" width={44} height={44} />
        </a>
        <h1>About Snug</h1>
        <p class="lead">
          Snug is a chat server. Somebody shares a link, and anyone with the link can talk. There are no
          accounts and nothing to install.
        </p>
        <h2>What is stored</h2>
        <p>
          A vanishing room stores no messages. A message goes to the screens that are open and disappears with
          them: refresh the room, and its log is empty.{' '}
          {replaySeconds > 0
            ? `For ${replaySeconds === 1 ? 'a second' : `${replaySeconds} seconds`} the server keeps a room’s last messages in memory, 64 at most, for
          readers whose connection broke. They are never written to a disk or a log.`
            : 'The server keeps no messages, not even for readers whose connection broke.'}
        </p>
        <p>
          A kept room stores each message with its time, its author’s name and tag, and a fingerprint of the
          author’s session, which lets them change or delete it later. It is in a file on this server, or in
          the Redis database that the server uses, for as long as the room’s page says; expired and deleted
          messages are gone within a minute, though not from copies and logs that somebody keeps of it. The
          person who made the room has its owner’s link; the server stores only a fingerprint of it. With the
          link they can change how long messages are kept, delete any message, and delete the room. Each
          room’s page says which kind it is.
        </p>
        <p>
          Your browser holds one cookie, signed so that nobody can forge it: a random number that makes you
          the same person from page to page, when it began, and how often you have left a room. It lasts 30
          days from your last visit. Once you have taken a name, a second one holds the names you took, so
          that you get them back. The server keeps no list of these cookies, only the key that signs them. The
          rooms you visited and the people you ignore are stored only in this browser. A room that you own
          adds a cookie that only its own pages receive; it lasts a year.
        </p>
        <p>
          On another site’s page, a room knows you by another cookie, or by a ticket that the page holds:
          there you are a different person than here, and a different one on each site. A site that shares a
          secret with this server can say who you are; that name is marked as verified.
        </p>
        <p>
          <a href="/me">What Snug knows about this browser</a>, and a button that makes it forget you.
        </p>
        <h2>Who can read a room</h2>
        <p>
          Everybody who knows or guesses its name. For something private, choose a name that nobody will
          guess. Only listed rooms appear on the home page, with the number of people there but not their
          names.
        </p>
        <h2>Who is who</h2>
        <p>
          Nobody has to say who they are. In a room, no two people can have the same name at the same time,
          and nobody can be followed from one room to another. If you leave a room and come back, you are
          somebody new.
        </p>
        <p>
          <a href="/">Go to the home page</a>
        </p>
      </main>
    </Layout>
  )
}
