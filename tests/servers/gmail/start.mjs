// Start the emulator of Google's services on 127.0.0.1 and a free port, and say where. Each line "reset" on standard input puts the
// mailbox back to empty; its end ends the program, so that no test run leaves one behind.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [library, address] = process.argv.slice(2)
const { createEmulator } = await import(pathToFileURL(library).href)
const emulator = await createEmulator({
  service: 'google',
  port: 0,
  seed: {
    tokens: { upstream: { login: address, scopes: [] } },
    google: { users: [{ email: address, name: 'Alex Morgan' }] },
  },
})
console.log(new URL(emulator.url).port)
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'reset') {
    emulator.reset()
    console.log('done')
  }
}
await emulator.close()
