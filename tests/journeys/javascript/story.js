// The JavaScript client's part in the story of the customer process.argv[5]: they are asked for the consents
// process.argv[6], and say no to each. Prints the customer as it is told then.

const assert = require('node:assert/strict')
const { VoucherifyServerSide } = require('@voucherify/sdk')

const [url, applicationId, secretKey, source_id, asked] = process.argv.slice(2)
const patron = VoucherifyServerSide({ applicationId, secretKey, apiUrl: url })

async function story() {
  const { consents } = await patron.consents.list()
  const ids = JSON.parse(asked)
  assert.deepEqual(consents.data.map(consent => consent.id), ids)
  const answers = Object.fromEntries(['unsubscribed', ...ids].map(id => [id, false]))
  await patron.customers.updateConsents(source_id, answers)
  console.log(JSON.stringify(await patron.customers.get(source_id)))
}

story().catch(error => {
  console.error(error)
  process.exitCode = 1
})
