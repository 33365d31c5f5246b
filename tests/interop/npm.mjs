// npm's age-encryption. What it is asked to do: sizes.py beside this file. Its folder is the second argument.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const [folder, library] = process.argv.slice(2)
const { Decrypter, Encrypter } = await import(pathToFileURL(join(library, "dist/index.js")))
const read = (name) => readFileSync(join(folder, name))
const text = (name) => read(name).toString().trim()
const write = (name, content) => writeFileSync(join(folder, name), content)
const identity = text("key.txt").split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-"))

const opened = async (name, prepare) => {
  const decrypter = new Decrypter()
  prepare(decrypter)
  return decrypter.decrypt(read(name))
}
const sealed = async (plain, prepare) => {
  const encrypter = new Encrypter()
  prepare(encrypter)
  return encrypter.encrypt(plain)
}

for (const name of readdirSync(folder).filter((name) => name.startsWith("plain-"))) {
  const n = name.slice("plain-".length)
  const plain = read(name)
  write(`opened-key-${n}`, await opened(`despatch-key-${n}.age`, (d) => d.addIdentity(identity)))
  write(`npm-key-${n}.age`, await sealed(plain, (e) => e.addRecipient(text("recipient.txt"))))
  if (!existsSync(join(folder, `despatch-words-${n}.age`))) continue
  write(`opened-words-${n}`, await opened(`despatch-words-${n}.age`, (d) => d.addPassphrase(text("words.txt"))))
  write(`npm-words-${n}.age`, await sealed(plain, (e) => {
    e.setPassphrase(text("words.txt"))
    // Its own work factor takes seconds in JavaScript; once is enough.
    if (plain.length > 0) e.setScryptWorkFactor(12)
  }))
}
