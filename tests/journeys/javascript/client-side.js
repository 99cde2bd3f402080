// The official JavaScript client's client side, unmodified, lives with the server at process.argv[2].

const assert = require('node:assert/strict')
const { VoucherifyClientSide } = require('@voucherify/sdk')

const [apiUrl, clientApplicationId, clientSecretKey, origin] = process.argv.slice(2)

function clientAt(address) {
  const customHeaders = { 'X-Forwarded-For': address } // what it asks is counted apart from what browsers ask
  return VoucherifyClientSide({ apiUrl, clientApplicationId, clientSecretKey, origin, customHeaders })
}

async function registered(patron) {
  const made = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Grace', metadata: { vip: true } })
  assert.match(made.id, /^cust_/)
  assert.deepEqual([made.source_id, made.name, made.metadata], ['grace@example.com', 'Grace', { vip: true }])
  const again = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Eve' })
  assert.deepEqual([again.id, again.name], [made.id, undefined])
  await assert.rejects(patron.createCustomer({ source_id: 'x' }, true), { code: 400, key: 'invalid_header' })
}

async function consented(patron) {
  const { consents } = await patron.listConsents()
  assert.equal(consents.total, consents.data.length)
  await patron.updateConsents('grace@example.com', { unsubscribed: true })
  await assert.rejects(patron.updateConsents('grace@example.com', {}), { code: 400, key: 'invalid_payload' })
}

async function main() {
  await registered(clientAt('198.51.100.9'))
  await consented(clientAt('198.51.100.10'))
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
