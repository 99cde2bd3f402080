// The official JavaScript client's client side, unmodified, lives with the server at process.argv[2].

const assert = require('node:assert/strict')
const { VoucherifyClientSide } = require('@voucherify/sdk')

const [apiUrl, clientApplicationId, clientSecretKey, origin] = process.argv.slice(2)
const customHeaders = { 'X-Forwarded-For': '198.51.100.9' } // what it asks is counted apart from what browsers ask
const patron = VoucherifyClientSide({ apiUrl, clientApplicationId, clientSecretKey, origin, customHeaders })

async function registered() {
  const made = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Grace', metadata: { vip: true } })
  assert.match(made.id, /^cust_/)
  assert.deepEqual([made.source_id, made.name, made.metadata], ['grace@example.com', 'Grace', { vip: true }])
  const again = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Eve' })
  assert.deepEqual([again.id, again.name], [made.id, undefined])
  await assert.rejects(patron.createCustomer({ source_id: 'x' }, true), { code: 400, key: 'invalid_header' })
}

registered().catch(error => {
  console.error(error)
  process.exitCode = 1
})
