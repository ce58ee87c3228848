import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { reservePort } from '../../scripts/bench/reserve-port.ts'

const MODULE = join(import.meta.dirname, '..', '..', 'scripts', 'bench', 'reserve-port.ts')

/** With random choices alone, two processes would choose some four ports in common. */
const COUNT = 200

const RESERVE = `
  const { reservePort } = await import(process.argv[1])
  const ports = []
  while (ports.length < ${COUNT}) ports.push(await reservePort())
  console.log(ports.join())
  process.stdin.resume()`

test('processes reserve different ports, and a program can listen on each', async (t) => {
  const reserve = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', RESERVE, MODULE])
    t.after(() => child.kill())
    const [output] = await once(child.stdout, 'data')
    return String(output).trim().split(',').map(Number)
  }
  const ports = (await Promise.all([reserve(), reserve()])).flat()
  assert.equal(ports.length, 2 * COUNT)
  assert.equal(new Set(ports).size, ports.length)
  const own = await reservePort()
  assert.ok(!ports.includes(own))
  const server = createServer().listen(own, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
})
