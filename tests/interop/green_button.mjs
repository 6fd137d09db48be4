// Prints what green-button-parser reads of a Green Button file. usage: node green_button.mjs FOLDER FILE
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [folder, file] = process.argv.slice(2)
const found = createRequire(`${folder}/`).resolve('@cityssm/green-button-parser')
const { atomToGreenButtonJson } = await import(pathToFileURL(found).href)
console.log(JSON.stringify(await atomToGreenButtonJson(readFileSync(file, 'utf8'))))
